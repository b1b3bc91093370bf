// For browsers that can't even read the desk's scripts: written so that the oldest one understands it.
setTimeout(function () {
  if (!window.deskIsReady) document.getElementById("too-old").hidden = false;
}, 8000);
