const wanted = {{wanted}}, list = document.querySelector("ul");
document.querySelector("h1").textContent = wanted;
call("/x/web-interface/wbi/search/type", {search_type: "bili_user", keyword: wanted, page: 1})
  .then(({data}) => {
    for (const hit of data.result || []) list.appendChild(document.createElement("li")).textContent = hit.uname;
    if (!(data.result || []).length) list.textContent = "没有相关数据";
  })
  .catch(() => { list.textContent = "没有相关数据"; });
