/* Passkeys: buttons appear where the browser knows them, and a cancelled one is said in words. */
(function () {
  "use strict";
  if (!window.PublicKeyCredential) return;
  document.querySelectorAll("[data-passkey]").forEach((button) => { button.hidden = false; });
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault(); // allauth would only write it to the console
    const note = document.getElementById("passkey-failed").content.cloneNode(true);
    document.getElementById("notes").replaceChildren(note);
    document.querySelector("#notes [tabindex]").focus();
  });
})();
