export default {
  plugins: ["stylelint-no-unsupported-browser-features"],
  rules: {
    "plugin/no-unsupported-browser-features": [true, {
      ignorePartialSupport: true,
      ignore: ["extended-system-fonts", "css-resize"], // what is not there is passed over
    }],
  },
};
