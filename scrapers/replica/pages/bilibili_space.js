const mid = {{mid}}, part = {{part}}, list = document.querySelector("main");
const show = (text, seconds, pinned) => {
  const card = list.appendChild(document.createElement("div"));
  card.className = "bili-dyn-item";
  card.append((pinned ? "置顶 " : "") + text);
  const time = card.appendChild(document.createElement("div"));
  time.className = "bili-dyn-time";
  time.textContent = new Date(seconds * 1000).toLocaleDateString("zh-CN", {timeZone: "Asia/Shanghai", dateStyle: "long"});
};
call("/x/space/wbi/acc/info", {mid, token: "", platform: "web"}).then((reply) => {
  document.querySelector(".nickname").textContent = reply.data ? reply.data.name : reply.message;
  document.querySelector(".official").textContent = reply.data && reply.data.official.title || "";
}).catch(() => {});
call("/x/space/navnum", {mid, platform: "web"}).catch(() => {});
let older = "";
const load = (offset) => call("/x/polymer/web-dynamic/v1/feed/space", {offset, host_mid: mid, timezone_offset: -480, features: "itemOpusStyle"})
  .then(({data}) => {
    for (const item of data.items) {
      const {module_author: author, module_dynamic: held, module_tag: tag} = item.modules;
      show(held.major && held.major.archive ? held.major.archive.title : held.desc ? held.desc.text : "动态", author.pub_ts, tag);
    }
    older = data.has_more ? data.offset : "";
  });
if (part === "dynamic") load("").catch(() => { list.textContent = "好像没有东西诶"; });
if (part === "upload/video") call("/x/space/wbi/arc/search", {mid, ps: 40, pn: 1, order: "pubdate", platform: "web"})
  .then(({data}) => { for (const each of data.list.vlist) show(each.title, each.created, false); })
  .catch(() => { list.textContent = "好像没有东西诶"; });
addEventListener("scroll", () => {
  if (!older || innerHeight + scrollY < document.documentElement.scrollHeight - 100) return;
  const offset = older;
  older = "";
  load(offset).catch(() => {});
});
