const user = {{user}}, list = document.querySelector("main");
let older = "";
const load = (pcursor) => post("/rest/v/profile/feed", {user_id: user, pcursor, page: "profile"}).then((found) => {
  if (found.result !== 1) { list.textContent = "服务异常"; return; }
  for (const {photo} of found.feeds) {
    const card = list.appendChild(document.createElement("div"));
    card.className = "work";
    card.append(photo.caption);
    const date = card.appendChild(document.createElement("div"));
    date.className = "date";
    date.textContent = new Date(photo.timestamp).toLocaleDateString("zh-CN", {timeZone: "Asia/Shanghai", dateStyle: "long"});
  }
  older = found.pcursor === "no_more" ? "" : found.pcursor;
});
load("").catch(() => { list.textContent = "服务异常"; });
addEventListener("scroll", () => {
  if (!older || innerHeight + scrollY < document.documentElement.scrollHeight - 100) return;
  const pcursor = older;
  older = "";
  load(pcursor).catch(() => {});
});
