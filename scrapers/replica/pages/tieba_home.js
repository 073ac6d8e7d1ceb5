const portrait = {{portrait}}, un = {{un}}, list = document.querySelector("main");
const call = (path, query) => fetch(path + "?" + new URLSearchParams({portrait, un, ...query, subapp_type: "pc", _client_type: 20}))
  .then((reply) => reply.json());
const day = (seconds) => new Date(seconds * 1000).toLocaleDateString("zh-CN", {timeZone: "Asia/Shanghai", dateStyle: "long"});
call("/c/u/pc/homeSidebarRight", {}).then(({data}) => {
  document.querySelector(".shown-name").textContent = data.user.name_show || data.user.name;
  document.querySelector(".state").textContent = Number(data.user.deregistered) ? "该账号已注销" : "吧龄 " + data.user.tb_age + " 年";
}).catch(() => {});
let older = 0;
const load = (pn) => call("/c/u/feed/myThread", {pn, rn: 20, type: 1}).then(({data}) => {
  for (const item of data.list || []) {
    const thread = item.thread_info || {}, card = list.appendChild(document.createElement("div"));
    card.className = "thread";
    card.append((thread.top_thread_set_time ? "置顶 " : "") + (thread.title || "动态"));
    const foot = card.appendChild(document.createElement("div"));
    foot.className = "time";
    foot.textContent = (thread.fname || "") + "吧 · " + (thread.create_time ? day(thread.create_time) : "");
  }
  if (!(data.list || []).length && pn === 1) list.textContent = "暂无动态";
  older = data.has_more ? pn + 1 : 0;
  more();
});
const more = () => {
  if (!older || innerHeight + scrollY < document.documentElement.scrollHeight - 100) return;
  const pn = older;
  older = 0;
  load(pn).catch(() => {});
};
load(1).catch(() => { list.textContent = "网络不给力"; });
addEventListener("scroll", more);
