// Passkeys: carries what the server asks to the device, and its answer back, as a plain form.
// A form says data-passkey="get" or "create"; its question lies beside it as JSON, or at data-passkey-url.
(() => {
  "use strict";
  if (!window.PublicKeyCredential) return;

  const toBytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const toText = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const question = async (form) => {
    const beside = form.querySelector('script[type="application/json"]');
    if (beside) return JSON.parse(beside.textContent).publicKey;
    const answer = await fetch(form.dataset.passkeyUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error("no question");
    return (await answer.json()).request_options.publicKey;
  };

  const inBytes = (asked) => {
    const listed = (keys) => (keys || []).map((key) => ({ ...key, id: toBytes(key.id) }));
    const plain = { ...asked, challenge: toBytes(asked.challenge) };
    if (asked.user) plain.user = { ...asked.user, id: toBytes(asked.user.id) };
    if (asked.allowCredentials) plain.allowCredentials = listed(asked.allowCredentials);
    if (asked.excludeCredentials) plain.excludeCredentials = listed(asked.excludeCredentials);
    return plain;
  };

  const inText = (key) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (key.response[name]) response[name] = toText(key.response[name]);
    }
    return {
      id: key.id,
      rawId: toText(key.rawId),
      type: key.type,
      response,
      clientExtensionResults: key.getClientExtensionResults(),
    };
  };

  const ask = async (form) => {
    const asked = { publicKey: inBytes(await question(form)) };
    const credentials = navigator.credentials;
    const key = await (form.dataset.passkey === "create" ? credentials.create(asked) : credentials.get(asked));
    form.elements.credential.value = JSON.stringify(inText(key));
    form.submit();
  };

  const say = (form) => {
    let note = form.querySelector(".note.bad");
    if (!note) {
      note = document.createElement("p");
      note.className = "note bad";
      note.setAttribute("role", "alert");
      form.prepend(note);
    }
    note.textContent = form.dataset.passkeyFailed || "";
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form).catch(() => say(form));
    });
  }
})();
