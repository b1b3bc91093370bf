// Talking to the desk's server: JSON, with the session's token; an answer that is no good becomes an error in words.
let token = document.querySelector('meta[name="csrf"]').content;

export function useToken(csrf) {
  token = csrf;
}

export class Refused extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

export async function get(path) {
  return answer(await fetch(path, { headers: { Accept: "application/json" } }));
}

export async function post(path, body = {}) {
  const headers = { "Content-Type": "application/json", "X-CSRF": token };
  return answer(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, body.error ?? String(response.status));
  return body;
}
