window.htmlDecode = (text) => text.replace(/&#39;/g, "'").replace(/&quot;/g, '"').replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
window.JsDecode = (text) => text.replace(/\\x5c/g, "\\").replace(/\\x26/g, "&");
