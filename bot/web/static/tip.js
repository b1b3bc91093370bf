// Seals a tip in the browser and opens its answers; nothing readable leaves this page.
"use strict";

(() => {
  const { setup, words } = JSON.parse(document.getElementById("setup").textContent);
  const S = Sealing;
  const $ = (id) => document.getElementById(id);
  const form = $("tip");
  let draft = null; // what was sealed and waits for the code to be typed back
  let opened = null; // the tip that a code has opened

  $("with-files").hidden = false;
  $("here").hidden = !navigator.geolocation;

  // leaving at once: nothing typed stays on the screen, and "back" does not lead here

  function leave(event) {
    event?.preventDefault();
    for (const each of document.querySelectorAll("form")) each.reset();
    draft = opened = null;
    document.body.hidden = true;
    location.replace("/");
  }
  $("leave").addEventListener("click", leave);
  let lastEscape = 0;
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (event.timeStamp - lastEscape < 1000) leave(event);
    lastEscape = event.timeStamp;
  });
  addEventListener("pageshow", (event) => event.persisted && location.reload());

  // files: pictures are drawn anew, which leaves out place and camera; of others the page says what stays inside

  $("files").addEventListener("change", () => {
    const files = [...$("files").files];
    const problem =
      files.length > setup.limits.files ? words.too_many
      : files.some((file) => file.size > setup.limits.bytes) ? words.too_large
      : "";
    $("chosen").replaceChildren(...files.map(line));
    if (problem) {
      $("files").value = "";
      $("chosen").replaceChildren(item(problem));
    }
  });

  const item = (text) => Object.assign(document.createElement("li"), { textContent: text });
  const line = (file) => {
    const note = file.type.startsWith("image/") ? words.picture : words.other_file;
    return item(`${file.name} (${(file.size / 1e6).toFixed(1)} MB) – ${note}`);
  };

  $("here").addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        $("place").value = `${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`;
      },
      () => fault($("fault"), words.no_position),
    );
  });

  async function cleaned(file) {
    if (!file.type.startsWith("image/") || $("originals").checked) {
      return { blob: file, type: file.type || "application/octet-stream", original: true };
    }
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, 4096 / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.88));
    return { blob, type: "image/jpeg", original: false };
  }

  // telling: everything is sealed when the code is shown, and sent when it was typed back

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    fault($("fault"), "");
    const text = $("text").value.trim();
    const letters = (text.match(/[\p{L}\p{N}]/gu) || []).length;
    if (letters < setup.limits.least) return fault($("fault"), words.too_little, $("text"));
    if (!route()) return fault($("fault"), words.closed, $("where"));
    busy($("go"), true);
    try {
      await S.ready();
      const digits = S.freshDigits();
      draft = { digits, receipt: await derived(digits) };
      $("code").textContent = S.shownCode(digits);
      show("code-step");
    } catch {
      fault($("fault"), words.failed);
    }
    busy($("go"), false);
  });

  // slow, and 64 MiB: beside the page where the browser has workers, else in it, when the press has been seen
  async function derived(digits) {
    const salt = S.fromHex(setup.salt);
    const beside = await besideThePage(digits, salt).catch(() => null);
    if (beside) return beside;
    await nextFrame();
    return S.derive(digits, salt);
  }

  function besideThePage(digits, salt) {
    let worker;
    return new Promise((done, failed) => {
      worker = new Worker(setup.worker.url);
      worker.onmessage = ({ data }) => done(data);
      worker.onerror = failed;
      worker.postMessage({ scripts: setup.worker.scripts, digits, salt });
    }).finally(() => worker?.terminate());
  }

  function route() {
    const where = $("where").value;
    const police = new FormData(form).get("police");
    const able = (unit) => unit in setup.keys;
    const spared = police === "no" && where !== setup.province;
    if (spared && able(where)) {
      return able(setup.province) ? [where, setup.province] : [where];
    }
    return able(setup.province) ? [setup.province] : null;
  }

  function head() {
    const said = new FormData(form);
    return {
      where: said.get("where"),
      police: said.get("police") === "about",
      avoid_commune: said.get("police") === "avoid",
      channel: "web",
      sealed_by: "browser",
      kind: said.get("kind"),
      when: said.get("when"),
      place: said.get("place"),
      known_by: said.get("known_by"),
      household: said.has("household"),
      urgent: said.has("urgent"),
    };
  }

  $("confirm").addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = $("typed").value.replace(/\D/g, "");
    if (typed !== S.lastGroup(draft.digits)) return fault($("code-fault"), words.code_wrong, $("typed"));
    send(draft.receipt);
  });
  $("nocode").addEventListener("click", () => send(null));
  $("back").addEventListener("click", () => show("tip"));

  async function send(receipt) {
    fault($("code-fault"), "");
    for (const id of ["send", "nocode", "back"]) busy($(id), true);
    try {
      await post("/api/tip", await sealed(receipt));
      form.reset();
      draft = null;
      $("code").textContent = $("typed").value = "";
      $("chosen").replaceChildren();
      show("sent");
    } catch (problem) {
      fault($("code-fault"), problem.said || words.failed);
    }
    for (const id of ["send", "nocode", "back"]) busy($(id), false);
    $("progress").hidden = true;
    $("doing").textContent = "";
  }

  async function sealed(receipt) {
    const keys = S.freshKeys();
    const tip = S.freshId();
    const day = setup.day;
    const units = route();
    const body = (kind, seq, inside) => base64(S.seal(keys.pub, { tip, kind, seq, day, body: inside }));
    const messages = [
      { kind: "tip", seq: 0, body: body("tip", 0, head()) },
      { kind: "part", seq: 1, body: body("part", 1, { text: $("text").value.trim() }) },
    ];
    const files = [];
    for (const file of $("files").files) {
      $("doing").textContent = `${words.sealing} ${files.length + 1}/${$("files").files.length}`;
      const seq = 2 + files.length;
      const { blob, type, original } = await cleaned(file).catch(() => {
        throw { said: words.broken_picture };
      });
      const name = { id: S.freshId(), key: S.freshFileKey() };
      const pieces = [];
      for await (const piece of S.sealFile(blob, name)) pieces.push(piece);
      const stored = await upload(new Blob(pieces));
      const sha256 = await digest(blob);
      const about = { key: S.toHex(name.key), type, size: blob.size, sha256, original };
      files.push({ id: name.id, name: stored.name, seq, meta: body("file", seq, about) });
    }
    return {
      tip,
      pub: S.toHex(keys.pub),
      urgent: new FormData(form).has("urgent"),
      keys: units.map((unit, place) => ({
        unit,
        epoch: setup.keys[unit].epoch,
        sealed: S.toHex(S.sealKey(keys.private, S.fromHex(setup.keys[unit].pub))),
        dormant: place > 0,
      })),
      reply: receipt && { finder: S.toHex(receipt.finder), pub: S.toHex(receipt.reply.pub) },
      messages,
      files,
    };
  }

  async function digest(blob) {
    if (!crypto.subtle) return "";
    return S.toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer())));
  }

  function upload(blob) {
    return new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      request.open("POST", "/api/tip/file");
      request.responseType = "json";
      $("progress").hidden = false;
      request.upload.onprogress = (event) => ($("progress").value = event.loaded / event.total);
      request.onload = () =>
        request.status === 200 ? done(request.response) : failed({ said: words.upload_failed });
      request.onerror = () => failed({ said: words.upload_failed });
      request.send(blob);
    });
  }

  // the code on paper or in the clipboard, by the person's own wish

  $("copy").addEventListener("click", async () => {
    await navigator.clipboard?.writeText($("code").textContent);
    $("doing").textContent = words.copied;
  });
  $("print").addEventListener("click", () => print());

  // looking for answers

  $("look").addEventListener("submit", async (event) => {
    event.preventDefault();
    fault($("look-fault"), "");
    $("answers").replaceChildren();
    $("more").hidden = true;
    const digits = S.digitsOf($("receipt").value);
    if (!digits) return fault($("look-fault"), words.mistyped, $("receipt"));
    const button = $("look").querySelector("button");
    busy(button, true);
    try {
      await S.ready();
      await look(await derived(digits));
    } catch (problem) {
      fault($("look-fault"), problem.said || words.failed);
    }
    busy(button, false);
  });

  async function look(receipt) {
    const found = await post("/api/tip/answers", { finder: S.toHex(receipt.finder) });
    if (!found.found) return fault($("look-fault"), words.unknown, $("receipt"));
    const lines = found.answers.map((answer) => quote(opens(receipt, found.tip, answer)));
    $("answers").replaceChildren(paragraph(found.state), ...(lines.length ? lines : [paragraph(words.no_answer)]));
    opened = { receipt, ...found };
    $("more").hidden = false;
  }

  function opens(receipt, tip, answer) {
    const place = { tip, kind: "reply", seq: answer.seq };
    return S.unseal(receipt.reply, bytesOf(answer.body), place).body.text;
  }

  $("more").addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = $("more-text").value.trim();
    if (!text) return;
    const seq = opened.next;
    const place = { tip: opened.tip, kind: "follow", seq, day: setup.day, body: { text } };
    try {
      const body = base64(S.seal(S.fromHex(opened.pub), place));
      await post("/api/tip/follow", { finder: S.toHex(opened.receipt.finder), seq, body });
      opened.next += 1;
      $("more-text").value = "";
      $("more-done").textContent = words.more_sent;
    } catch (problem) {
      $("more-done").textContent = problem.said || words.failed;
    }
  });

  // small things

  const paragraph = (text) => Object.assign(document.createElement("p"), { textContent: text });
  const quote = (text) => Object.assign(document.createElement("blockquote"), { textContent: text });
  const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const nextFrame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const busy = (button, is) => (button.disabled = is);

  function show(id) {
    for (const each of ["tip", "code-step", "sent"]) $(each).hidden = each !== id;
    ($(id).querySelector("h2") || $(id).querySelector("select")).focus();
  }

  function fault(where, text, field) {
    where.textContent = text;
    where.hidden = !text;
    field?.focus();
  }

  async function post(url, body) {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw { said: answer.error };
    return answer;
  }

  globalThis.tipIsReady = true; // watch.js looks for it
})();
