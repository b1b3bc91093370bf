// The page's words: the server puts them beside the markup as data.
let table = {};

export function learn() {
  table = JSON.parse(document.getElementById("words").textContent);
}

export function say(key, values = {}) {
  const text = table[key];
  if (text === undefined) throw new Error(`no text ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export const knows = (key) => key in table;
export const tableOf = (name) =>
  Object.entries(table).filter(([key]) => key.startsWith(`${name}.`)).map(([key, text]) => [key.slice(name.length + 1), text]);
export const byId = (id) => document.getElementById(id);

if (document.getElementById("words")) learn();
