// What others wrote (docx, age) is loaded when it is wanted, and only if it is what its hash says.
import { el } from "./dom.js";

// a module and all of its folder: each is fetched by its hash before it may be imported
export async function vendored(path) {
  const hashes = JSON.parse(document.getElementById("vendored").textContent);
  const [folder] = /^.*?\/vendor\/\w+\//.exec(path);
  const wanted = Object.entries(hashes).filter(([url]) => url.startsWith(folder));
  await Promise.all(wanted.map(([url, hash]) => fetched(url, hash)));
  return import(path);
}

function fetched(href, integrity) {
  return new Promise((done, failed) => {
    const link = el("link", { rel: "modulepreload", href, integrity, onload: done, onerror: failed });
    if (!link.relList.supports("modulepreload")) return done(); // an older browser checks nothing
    document.head.append(link);
  });
}
