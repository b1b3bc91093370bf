// The page's words: the server puts them beside the markup as data.
const table = JSON.parse(document.getElementById("words").textContent);

export function say(key, values = {}) {
  const text = table[key];
  if (text === undefined) throw new Error(`no text ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export const byId = (id) => document.getElementById(id);
