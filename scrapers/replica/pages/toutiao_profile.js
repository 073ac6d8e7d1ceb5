const page = JSON.parse(decodeURIComponent(document.getElementById("RENDER_DATA").textContent)).data;
const token = {{token}}, user = page.profileUserInfo || {};
const put = (selector, text) => { const found = document.querySelector(selector); if (found) found.textContent = text || ""; };
put(".name", user.name); put(".user-desc", user.description);
put(".user-auth-info", user.userAuthInfo && "认证：" + JSON.parse(user.userAuthInfo).auth_info);
const list = document.querySelector(".profile-tab-feed"), empty = () => { list.textContent = "暂未发表作品"; };
fetch("/api/pc/user/tabs_info", {method: "POST", body: new URLSearchParams({token})}).catch(() => {});
let older = 0;
const load = (before) => fetch(
  "/api/pc/list/user/feed?category=profile_all&token=" + encodeURIComponent(token) + "&max_behot_time=" + before + "&aid=24&app_name=toutiao_web")
  .then((reply) => reply.json()).then((feed) => {
    const items = feed.message === "success" && feed.data || [];
    if (!items.length && !before) return setTimeout(empty, 1500);
    for (const item of items) {
      const answer = item.content && item.content.answer, base = item.comment_base;
      const at = item.publish_time || answer && answer.create_time || base && base.create_time;
      const card = list.appendChild(document.createElement("div"));
      card.className = item.cell_type === 32 ? "feed-card-wtt" : "feed-card";
      card.style.minHeight = "60px";
      card.append((item.is_stick ? "置顶 " : "") + (item.title || typeof item.content === "string" && item.content || "动态"));
      const time = card.appendChild(document.createElement("div"));
      time.className = "feed-card-footer-time-cmp";
      time.textContent = new Date(at * 1000).toLocaleDateString("zh-CN", {timeZone: "Asia/Shanghai", dateStyle: "long"});
    }
    older = feed.has_more && feed.next ? feed.next.max_behot_time : 0;
  });
load(0).catch(() => setTimeout(empty, 1500));
addEventListener("scroll", () => {
  if (!older || innerHeight + scrollY < document.documentElement.scrollHeight - 100) return;
  const before = older;
  older = 0;
  load(before).catch(() => {});
});
