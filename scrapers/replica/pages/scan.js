(async () => {
  for (;;) {
    const reply = await fetch("{{poll}}").then((each) => each.json()).catch(() => ({}));
    if (reply.status === 1) { {{then}}; return; }
    await new Promise((done) => setTimeout(done, 200));
  }
})();
