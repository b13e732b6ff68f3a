// Passkeys: forms that are hidden until the browser can make or use one (WebAuthn).

if (window.PublicKeyCredential?.parseCreationOptionsFromJSON) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => ask(event, form));
  }
}

async function ask(event, form) {
  if (form.elements.answer.value) return;
  event.preventDefault();
  const { publicKey } = JSON.parse(form.dataset.options);
  try {
    const made =
      form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
    form.elements.answer.value = JSON.stringify(made.toJSON());
    form.requestSubmit();
  } catch {
    // Whoever closes the browser's window stays on the page.
  }
}
