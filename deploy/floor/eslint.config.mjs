// ES2022 and what the oldest browsers know; watch.js is read by still older ones, and speaks ES5.
import compat from "eslint-plugin-compat";
import esx from "eslint-plugin-es-x";

export default [
  { ...esx.configs["flat/restrict-to-es2022"], ignores: ["**/watch.js"] },
  { ...esx.configs["flat/restrict-to-es5"], files: ["**/watch.js"] },
  { ...compat.configs["flat/recommended"], linterOptions: { reportUnusedDisableDirectives: "error" } },
];
