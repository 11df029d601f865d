"use strict";
// What the terminal's script leaves to do. Loaded before it.

// Addresses in what is shown are text: only what the explorer has asked about opens.
const open = window.open.bind(window);
window.open = (address) => (address ? open(address, "_blank", "noopener,noreferrer") : null);

// The last message says why it's over. The terminal's script passes over words that it doesn't know.
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      if (typeof data !== "string") return;
      const [what, why] = JSON.parse(data);
      if (what === "ended") document.getElementById("why").textContent = why;
    });
  }
};

addEventListener("DOMContentLoaded", () => {
  const again = document.getElementById("again");
  again.addEventListener("click", () => location.reload());
  // Keys go to the terminal as soon as it shows something, without a click; at the end to the button.
  new MutationObserver(() => {
    const { classList } = document.body;
    if (classList.contains("-closed")) again.focus();
    else if (classList.contains("-first-byte")) document.querySelector(".xterm-helper-textarea").focus();
  }).observe(document.body, { attributes: true, attributeFilter: ["class"] });
});
