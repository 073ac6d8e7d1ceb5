const wanted = {{wanted}}, list = document.querySelector("ul");
document.querySelector("h1").textContent = wanted;
post("/rest/v/search/feed", {keyword: wanted, page: "search", webPageArea: "", pcursor: ""}).catch(() => {});
post("/rest/v/search/user", {keyword: wanted, pcursor: "", searchSessionId: ""})
  .then((found) => {
    for (const hit of found.users || []) list.appendChild(document.createElement("li")).textContent = hit.user_name;
    if (!(found.users || []).length) list.textContent = "没有找到相关用户";
  })
  .catch(() => { list.textContent = "服务异常"; });
