// For browsers that can't read this page's script: they are told that sealing happens on the server. As old as they are.
window.addEventListener("load", function () {
  if (!window.tipIsReady) document.getElementById("plain").hidden = false;
});
