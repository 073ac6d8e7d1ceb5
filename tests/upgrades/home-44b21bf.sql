INSERT INTO "account" VALUES(1,'示例1','weibo','微博',1,'9000001','','示例市第1测试局','','甲示例市','','','','','1001','','','','[]','running',NULL,'','2019-01-01',NULL,'','',NULL,1,NULL,NULL,'');
INSERT INTO "account" VALUES(2,'示例2','weibo','微博',1,'9000002','','示例市第2测试局','','甲示例市','','','','','1002','','','','[]','running',NULL,'','2019-01-01',NULL,'','',NULL,1,NULL,NULL,'');
INSERT INTO "account" VALUES(3,'示例3','weibo','微博',1,'9000003','','示例市第3测试局','','甲示例市','','','','','1003','','','','[]','running',NULL,'','2019-01-01',NULL,'','',NULL,1,NULL,NULL,'');
INSERT INTO "account" VALUES(4,'示例4','weibo','微博',1,'9000004','','示例市第4测试局','','甲示例市','','','','','1004','','','','[]','running',NULL,'','2019-01-01',NULL,'','',NULL,1,NULL,NULL,'');
INSERT INTO "account" VALUES(5,'示例5','weibo','微博',1,'9000005','','示例市第5测试局','','甲示例市','','','','','1005','','','','[]','running',NULL,'','2019-01-01',NULL,'','',NULL,1,NULL,NULL,'');
INSERT INTO "account" VALUES(6,'示例6','weibo','微博',1,'9000006','','示例市第6测试局','','甲示例市','','','','','1006','','','','[]','running',NULL,'','2019-01-01',NULL,'','',NULL,1,NULL,NULL,'');
INSERT INTO "account" VALUES(7,'示例7','weibo','微博',1,'9000007','','示例市第7测试局','','甲示例市','','','','','1007','','','','[]','running',NULL,'','2019-01-01',NULL,'','',NULL,1,NULL,NULL,'');
INSERT INTO "account" VALUES(8,'示例8','weibo','微博',1,'9000008','','示例市第8测试局','','甲示例市','','','','','2008','','','','[]','running',NULL,'','2019-01-01',NULL,'','',NULL,1,NULL,NULL,'');
INSERT INTO "account" VALUES(9,'示例9','weibo','微博',1,'9000009','','示例市第9测试局','','甲示例市','','','','','1009','','','','[]','closed',NULL,'','2019-01-01',NULL,'','',NULL,1,NULL,NULL,'');
INSERT INTO "account" VALUES(10,'示例10','weibo','微博',1,'9000010','','示例市第10测试局','','甲示例市','','','','','1010','','','','[]','running',NULL,'','2019-01-01',NULL,'','',NULL,1,NULL,NULL,'');
INSERT INTO "account_change" VALUES(1,8,2,'platform_id','1008','2008');
INSERT INTO "account_state" VALUES(1,'2031-12-01',NULL,'2032-01-01 02:00:59.000000','2032-01-01 02:00:59.000000','2019-01-01 00:00:00.000000','2032-01-01 02:00:59.000000',4,4,'ok','id','示例1','2031-12-01',NULL,'2031-12-31 15:59:59.000000','failed',0);
INSERT INTO "account_state" VALUES(2,'2031-12-01',NULL,'2032-01-01 02:01:59.000000','2032-01-01 02:01:59.000000','2019-01-01 00:00:00.000000','2032-01-01 02:01:59.000000',6,6,'ok','id','示例2','2031-12-01',NULL,'2031-12-31 15:59:59.000000','failed',0);
INSERT INTO "account_state" VALUES(3,'2031-12-01',NULL,'2032-01-01 02:02:59.000000','2032-01-01 02:02:59.000000','2019-01-01 00:00:00.000000','2032-01-01 02:02:59.000000',8,8,'ok','id','示例3','2031-12-01',NULL,'2031-12-31 15:59:59.000000','failed',0);
INSERT INTO "account_state" VALUES(4,'2031-12-09',NULL,'2032-01-01 06:59:59.000000','2032-01-01 06:59:59.000000','2019-01-01 00:00:00.000000','2032-01-01 06:59:59.000000',20,20,'ok','id','示例4','2031-12-09',NULL,'2031-12-31 15:59:59.000000','failed',0);
INSERT INTO "account_state" VALUES(5,'2031-12-28',NULL,'2031-12-31 23:59:59.000000','2031-12-31 23:59:59.000000','2019-01-01 00:00:00.000000','2031-12-31 23:59:59.000000',15,15,'ok','id','示例5','2031-12-28',NULL,'2031-12-31 15:59:59.000000','fresh',0);
INSERT INTO "account_state" VALUES(6,'2031-12-01',NULL,'2032-01-01 02:05:59.000000','2032-01-01 02:05:59.000000','2019-01-01 00:00:00.000000','2032-01-01 02:05:59.000000',12,12,'ok','id','示例6','2031-12-01',NULL,'2031-12-31 15:59:59.000000','failed',0);
INSERT INTO "account_state" VALUES(7,NULL,NULL,'2032-01-01 01:59:59.000000',NULL,NULL,NULL,18,NULL,'cancelled',NULL,'',NULL,NULL,'2031-12-31 15:59:59.000000','listed',0);
INSERT INTO "account_state" VALUES(8,'2032-01-02',NULL,'2032-01-06 04:00:00.000000','2032-01-06 04:00:00.000000','2019-01-01 00:00:00.000000','2032-01-06 04:00:00.000000',21,21,'ok','id','示例8','2032-01-02',NULL,'2031-12-31 15:59:59.000000','fresh',0);
INSERT INTO "account_state" VALUES(9,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL,NULL,'2031-12-31 15:59:59.000000','unproven',0);
INSERT INTO "account_state" VALUES(10,'2031-12-01',NULL,'2032-01-01 02:09:59.000000','2032-01-01 02:09:59.000000','2019-01-01 00:00:00.000000','2032-01-01 02:09:59.000000',14,14,'ok','id','示例10','2031-12-01',NULL,'2031-12-31 15:59:59.000000','failed',0);
INSERT INTO "canary_check" VALUES(1,'weibo.mobile','','示例对照','9','','2031-12-31 22:59:59.000000',1,'ok',1);
INSERT INTO "canary_check" VALUES(2,'weibo.mobile','','示例对照','9','','2032-01-01 02:59:59.000000',1,'ok',1);
INSERT INTO "canary_check" VALUES(3,'weibo.desktop','','示例对照','9','','2031-12-31 22:59:59.000000',1,'ok',1);
INSERT INTO "canary_check" VALUES(4,'weibo.desktop','','示例对照','9','','2032-01-01 02:59:59.000000',1,'ok',1);
INSERT INTO "evidence" VALUES(1,1,'screenshot','image/jpeg','1.jpg','0000000000000000000000000000000000000000000000000000000000000001','',9,'2031-03-06 15:59:59.000000');
INSERT INTO "evidence" VALUES(2,2,'screenshot','image/jpeg','2.jpg','0000000000000000000000000000000000000000000000000000000000000002','',9,'2031-09-22 15:59:59.000000');
INSERT INTO "evidence" VALUES(3,3,'screenshot','image/jpeg','3.jpg','0000000000000000000000000000000000000000000000000000000000000003','',9,'2032-01-01 00:00:59.000000');
INSERT INTO "evidence" VALUES(4,4,'screenshot','image/jpeg','4.jpg','0000000000000000000000000000000000000000000000000000000000000004','',9,'2032-01-01 02:00:59.000000');
INSERT INTO "evidence" VALUES(5,5,'screenshot','image/jpeg','5.jpg','0000000000000000000000000000000000000000000000000000000000000005','',9,'2032-01-01 00:01:59.000000');
INSERT INTO "evidence" VALUES(6,6,'screenshot','image/jpeg','6.jpg','0000000000000000000000000000000000000000000000000000000000000006','',9,'2032-01-01 02:01:59.000000');
INSERT INTO "evidence" VALUES(7,7,'screenshot','image/jpeg','7.jpg','0000000000000000000000000000000000000000000000000000000000000007','',9,'2032-01-01 00:02:59.000000');
INSERT INTO "evidence" VALUES(8,8,'screenshot','image/jpeg','8.jpg','0000000000000000000000000000000000000000000000000000000000000008','',9,'2032-01-01 02:02:59.000000');
INSERT INTO "evidence" VALUES(9,9,'screenshot','image/jpeg','9.jpg','0000000000000000000000000000000000000000000000000000000000000009','',9,'2032-01-01 00:03:59.000000');
INSERT INTO "evidence" VALUES(10,10,'screenshot','image/jpeg','10.jpg','000000000000000000000000000000000000000000000000000000000000000a','',9,'2032-01-01 02:03:59.000000');
INSERT INTO "evidence" VALUES(11,11,'screenshot','image/jpeg','11.jpg','000000000000000000000000000000000000000000000000000000000000000b','',9,'2032-01-01 00:05:59.000000');
INSERT INTO "evidence" VALUES(12,12,'screenshot','image/jpeg','12.jpg','000000000000000000000000000000000000000000000000000000000000000c','',9,'2032-01-01 02:05:59.000000');
INSERT INTO "evidence" VALUES(13,13,'screenshot','image/jpeg','13.jpg','000000000000000000000000000000000000000000000000000000000000000d','',9,'2032-01-01 00:09:59.000000');
INSERT INTO "evidence" VALUES(14,14,'screenshot','image/jpeg','14.jpg','000000000000000000000000000000000000000000000000000000000000000e','',9,'2032-01-01 02:09:59.000000');
INSERT INTO "evidence" VALUES(15,15,'screenshot','image/jpeg','15.jpg','000000000000000000000000000000000000000000000000000000000000000f','',9,'2031-12-31 23:59:59.000000');
INSERT INTO "evidence" VALUES(16,16,'screenshot','image/jpeg','16.jpg','0000000000000000000000000000000000000000000000000000000000000010','',9,'2031-12-31 23:59:59.000000');
INSERT INTO "evidence" VALUES(17,17,'screenshot','image/jpeg','17.jpg','0000000000000000000000000000000000000000000000000000000000000011','',9,'2031-12-31 23:59:59.000000');
INSERT INTO "evidence" VALUES(18,18,'screenshot','image/jpeg','18.jpg','0000000000000000000000000000000000000000000000000000000000000012','',9,'2032-01-01 01:59:59.000000');
INSERT INTO "evidence" VALUES(19,19,'screenshot','image/jpeg','19.jpg','0000000000000000000000000000000000000000000000000000000000000013','',9,'2032-01-01 04:59:59.000000');
INSERT INTO "evidence" VALUES(20,20,'screenshot','image/jpeg','20.jpg','0000000000000000000000000000000000000000000000000000000000000014','',9,'2032-01-01 06:59:59.000000');
INSERT INTO "evidence" VALUES(21,21,'screenshot','image/jpeg','21.jpg','0000000000000000000000000000000000000000000000000000000000000015','',9,'2032-01-06 04:00:00.000000');
INSERT INTO "finding" VALUES(1,1,1,0,'stale_2w','fails','超2周未更新','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。','',30,0,'2031-12-01','confirmed');
INSERT INTO "finding" VALUES(2,1,2,0,'stale_2w','fails','超2周未更新','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。','',30,0,'2031-12-01','dismissed');
INSERT INTO "finding" VALUES(3,1,3,0,'stale_2w','fails','超2周未更新','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。','',30,0,'2031-12-01','dispatched');
INSERT INTO "finding" VALUES(5,1,6,0,'stale_2w','fails','超2周未更新','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。','',30,0,'2031-12-01','dismissed');
INSERT INTO "finding" VALUES(6,1,7,0,'cancelled_not_closed','listed','已注销但未在报送系统关停','平台显示该账号已注销,报送系统中仍为正常运行。','',NULL,0,NULL,'dismissed');
INSERT INTO "finding" VALUES(7,1,10,0,'stale_2w','fails','超2周未更新','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。','',30,0,'2031-12-01','confirmed');
INSERT INTO "finding" VALUES(8,1,4,0,'stale_2w','fails','超2周未更新','最近一次更新为2031年12月9日,至监测时间点2031年12月31日间隔22天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。','',22,0,'2031-12-09','open');
INSERT INTO "finding_reading" VALUES(1,0,3);
INSERT INTO "finding_reading" VALUES(1,1,4);
INSERT INTO "finding_reading" VALUES(2,0,5);
INSERT INTO "finding_reading" VALUES(2,1,6);
INSERT INTO "finding_reading" VALUES(3,0,7);
INSERT INTO "finding_reading" VALUES(3,1,8);
INSERT INTO "finding_reading" VALUES(5,0,11);
INSERT INTO "finding_reading" VALUES(5,1,12);
INSERT INTO "finding_reading" VALUES(6,0,17);
INSERT INTO "finding_reading" VALUES(6,1,18);
INSERT INTO "finding_reading" VALUES(7,0,13);
INSERT INTO "finding_reading" VALUES(7,1,14);
INSERT INTO "finding_reading" VALUES(8,0,19);
INSERT INTO "finding_reading" VALUES(8,1,20);
INSERT INTO "first_seen" VALUES(1,-9166796632554665162,'post','2031-12-01','2032-01-01 02:00:59.000000',4);
INSERT INTO "first_seen" VALUES(1,-5553735436290294132,'name','2032-01-01','2032-01-01 00:00:59.000000',3);
INSERT INTO "first_seen" VALUES(1,2844719450750260321,'post','2031-12-01','2032-01-01 00:00:59.000000',3);
INSERT INTO "first_seen" VALUES(2,-9166796632554665162,'post','2031-12-01','2032-01-01 02:01:59.000000',6);
INSERT INTO "first_seen" VALUES(2,-6089579922170156680,'name','2032-01-01','2032-01-01 00:01:59.000000',5);
INSERT INTO "first_seen" VALUES(2,2844719450750260321,'post','2031-12-01','2032-01-01 00:01:59.000000',5);
INSERT INTO "first_seen" VALUES(3,-9166796632554665162,'post','2031-12-01','2032-01-01 02:02:59.000000',8);
INSERT INTO "first_seen" VALUES(3,2834811953985280959,'name','2032-01-01','2032-01-01 00:02:59.000000',7);
INSERT INTO "first_seen" VALUES(3,2844719450750260321,'post','2031-12-01','2032-01-01 00:02:59.000000',7);
INSERT INTO "first_seen" VALUES(4,-9166796632554665162,'post','2031-12-01','2032-01-01 02:03:59.000000',10);
INSERT INTO "first_seen" VALUES(4,-4675932200426129168,'post','2031-12-09','2032-01-01 06:59:59.000000',20);
INSERT INTO "first_seen" VALUES(4,-3491199094228962986,'post','2031-12-09','2032-01-01 04:59:59.000000',19);
INSERT INTO "first_seen" VALUES(4,651447805461286947,'name','2032-01-01','2032-01-01 00:03:59.000000',9);
INSERT INTO "first_seen" VALUES(4,2844719450750260321,'post','2031-12-01','2032-01-01 00:03:59.000000',9);
INSERT INTO "first_seen" VALUES(5,-5803982679712468621,'name','2032-01-01','2031-12-31 23:59:59.000000',15);
INSERT INTO "first_seen" VALUES(5,3160669715547533757,'post','2031-12-28','2031-12-31 23:59:59.000000',15);
INSERT INTO "first_seen" VALUES(6,-9166796632554665162,'post','2031-12-01','2032-01-01 02:05:59.000000',12);
INSERT INTO "first_seen" VALUES(6,381736549988646477,'name','2032-01-01','2032-01-01 00:05:59.000000',11);
INSERT INTO "first_seen" VALUES(6,2844719450750260321,'post','2031-12-01','2032-01-01 00:05:59.000000',11);
INSERT INTO "first_seen" VALUES(8,-9027133856818559451,'post','2032-01-02','2032-01-06 04:00:00.000000',21);
INSERT INTO "first_seen" VALUES(8,-6651511316320008862,'post','2031-03-01','2031-03-06 15:59:59.000000',1);
INSERT INTO "first_seen" VALUES(8,-5572493046009179569,'post','2031-12-27','2031-12-31 23:59:59.000000',16);
INSERT INTO "first_seen" VALUES(8,6392267862296977281,'name','2031-03-06','2031-03-06 15:59:59.000000',1);
INSERT INTO "first_seen" VALUES(8,7528188122637731655,'post','2031-09-01','2031-09-22 15:59:59.000000',2);
INSERT INTO "first_seen" VALUES(10,-9166796632554665162,'post','2031-12-01','2032-01-01 02:09:59.000000',14);
INSERT INTO "first_seen" VALUES(10,2844719450750260321,'post','2031-12-01','2032-01-01 00:09:59.000000',13);
INSERT INTO "first_seen" VALUES(10,4203904269479999807,'name','2032-01-01','2032-01-01 00:09:59.000000',13);
INSERT INTO "identity_seen" VALUES(1,-9179974882253490455,'2032-01-01 02:00:59.000000',4);
INSERT INTO "identity_seen" VALUES(2,-8599893274580723582,'2032-01-01 02:01:59.000000',6);
INSERT INTO "identity_seen" VALUES(3,7388705508517473923,'2032-01-01 02:02:59.000000',8);
INSERT INTO "identity_seen" VALUES(4,862847762107306318,'2032-01-01 06:59:59.000000',20);
INSERT INTO "identity_seen" VALUES(5,-3137220545828058053,'2031-12-31 23:59:59.000000',15);
INSERT INTO "identity_seen" VALUES(6,1319892329858303363,'2032-01-01 02:05:59.000000',12);
INSERT INTO "identity_seen" VALUES(7,7963224063503771268,'2032-01-01 01:59:59.000000',18);
INSERT INTO "identity_seen" VALUES(8,-2727270578735796185,'2031-03-06 15:59:59.000000',1);
INSERT INTO "identity_seen" VALUES(8,938665101291400255,'2031-12-31 23:59:59.000000',16);
INSERT INTO "identity_seen" VALUES(8,7241332401032787890,'2032-01-06 04:00:00.000000',21);
INSERT INTO "identity_seen" VALUES(10,-6890515647396129249,'2032-01-01 02:09:59.000000',14);
INSERT INTO "notice" VALUES(1,'示例办函〔2032〕1号','示例通报','丙某','','2032-01-06',NULL,NULL,1,1,'2032-01-06 04:00:00.000000');
INSERT INTO "notice_document" VALUES(1,1,'7b78bdd865d70bafb72912280a308eab7a0a862073d2f94c15ac19ea49938c62','{
 "corrections": [],
 "counts": {
  "checked": 6,
  "closed": 1,
  "failed": 2,
  "kinds": [
   {
    "failed": 2,
    "label": "超2周未更新"
   }
  ],
  "out_of_scope": 0,
  "total": 9,
  "unproven": 3,
  "verdicts": {
   "at_limit": 0,
   "due_soon": 0,
   "failed": 2,
   "fresh": 2,
   "listed": 2,
   "out_of_scope": 0,
   "unproven": 3
  }
 },
 "figures": [
  {
   "heading": "地区(部门)",
   "parts": [
    {
     "checked": 6,
     "coverage": "66.67%",
     "failed": 2,
     "name": "甲示例市",
     "open": 3,
     "rate": "66.67%",
     "total": 9
    }
   ]
  },
  {
   "heading": "平台",
   "parts": [
    {
     "checked": 6,
     "coverage": "66.67%",
     "failed": 2,
     "name": "新浪微博",
     "open": 3,
     "rate": "66.67%",
     "total": 9
    }
   ]
  }
 ],
 "findings": [
  {
   "account": {
    "body_kind": "",
    "county": "",
    "filing_number": "9000001",
    "level": "",
    "name": "示例1",
    "organiser": "示例市第1测试局",
    "original_id": "",
    "platform": "weibo",
    "platform_id": "1001",
    "prefecture": "甲示例市",
    "status": "running",
    "supervisor": "",
    "type": "微博"
   },
   "attested": "recorded",
   "canary": "checked",
   "code": "stale_2w",
   "effect": "fails",
   "evidence": [
    {
     "kind": "screenshot",
     "media_type": "image/jpeg",
     "path": "evidence/3.jpg",
     "sha256": "0000000000000000000000000000000000000000000000000000000000000003",
     "taken_at": "2032-01-01T08:00:59+08:00",
     "url": ""
    },
    {
     "kind": "screenshot",
     "media_type": "image/jpeg",
     "path": "evidence/4.jpg",
     "sha256": "0000000000000000000000000000000000000000000000000000000000000004",
     "taken_at": "2032-01-01T10:00:59+08:00",
     "url": ""
    }
   ],
   "gap_days": 30,
   "gap_is_minimum": false,
   "label": "超2周未更新",
   "latest_post": {
    "at": null,
    "date_kind": "exact",
    "on": "2031-12-01"
   },
   "matched_by": "id",
   "name_seen": "",
   "read_at": "2032-01-01T10:00:59+08:00",
   "review_state": "confirmed",
   "sentence": "最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。",
   "sights": [
    {
     "attested": "recorded",
     "by": "",
     "control": "",
     "look": "first",
     "matched_by": "id",
     "name": "示例1",
     "outcome": "ok",
     "read_at": "2032-01-01T08:00:59+08:00",
     "surface": "weibo.mobile"
    },
    {
     "attested": "recorded",
     "by": "",
     "control": "",
     "look": "second",
     "matched_by": "id",
     "name": "示例1",
     "outcome": "ok",
     "read_at": "2032-01-01T10:00:59+08:00",
     "surface": "weibo.desktop"
    }
   ],
   "surface": "weibo.desktop",
   "times": 1
  },
  {
   "account": {
    "body_kind": "",
    "county": "",
    "filing_number": "9000006",
    "level": "",
    "name": "示例6",
    "organiser": "示例市第6测试局",
    "original_id": "",
    "platform": "weibo",
    "platform_id": "1006",
    "prefecture": "甲示例市",
    "status": "running",
    "supervisor": "",
    "type": "微博"
   },
   "attested": "recorded",
   "canary": "checked",
   "code": "stale_2w",
   "effect": "fails",
   "evidence": [
    {
     "kind": "screenshot",
     "media_type": "image/jpeg",
     "path": "evidence/11.jpg",
     "sha256": "000000000000000000000000000000000000000000000000000000000000000b",
     "taken_at": "2032-01-01T08:05:59+08:00",
     "url": ""
    },
    {
     "kind": "screenshot",
     "media_type": "image/jpeg",
     "path": "evidence/12.jpg",
     "sha256": "000000000000000000000000000000000000000000000000000000000000000c",
     "taken_at": "2032-01-01T10:05:59+08:00",
     "url": ""
    }
   ],
   "gap_days": 30,
   "gap_is_minimum": false,
   "label": "超2周未更新",
   "latest_post": {
    "at": null,
    "date_kind": "exact",
    "on": "2031-12-01"
   },
   "matched_by": "id",
   "name_seen": "",
   "read_at": "2032-01-01T10:05:59+08:00",
   "review_state": "confirmed",
   "sentence": "最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。",
   "sights": [
    {
     "attested": "recorded",
     "by": "",
     "control": "",
     "look": "first",
     "matched_by": "id",
     "name": "示例6",
     "outcome": "ok",
     "read_at": "2032-01-01T08:05:59+08:00",
     "surface": "weibo.mobile"
    },
    {
     "attested": "recorded",
     "by": "",
     "control": "",
     "look": "second",
     "matched_by": "id",
     "name": "示例6",
     "outcome": "ok",
     "read_at": "2032-01-01T10:05:59+08:00",
     "surface": "weibo.desktop"
    }
   ],
   "surface": "weibo.desktop",
   "times": 1
  }
 ],
 "includes_open": false,
 "marks": [
  "初步结果"
 ],
 "notice": {
  "issued_on": "2032-01-06",
  "number": "示例办函〔2032〕1号",
  "rectify_by": null,
  "report_by": null,
  "title": "示例通报",
  "version": 1
 },
 "policy": {
  "basis": "国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决",
  "name": "national",
  "title": "国家口径:国办秘函〔2019〕19号",
  "toml": "name = \"national\"\ntitle = \"国家口径:国办秘函〔2019〕19号\"\nbasis = \"国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决\"\ntiers_counted = \"exclusive\"   # an account counts in its longest tier only; \"nested\" counts it in every tier it reached\nlisted_counted = \"checked\"    # 异常单列 stand in 检查数; \"apart\" keeps them out of it\nprecedence = [\"not_found\", \"cancelled_not_closed\", \"banned\", \"zombie\", \"stale_6m\", \"stale_3m\", \"stale_2w\", \"empty_account\",\n              \"renamed_unreported\", \"name_mismatch\", \"owner_mismatch\", \"closed_but_alive\"]\n[window]\ndays = 14\nedge = \"exceeds\"         # \"exceeds\": gap > days fails, gap == days is 临界; \"reaches\": gap >= days fails\ndue_soon_from = 10\n[identity]\ndue_days = 7\nclosed_days = 30\n[opening]\ngrace_days = 14\n[closing]\nworking_days = 15\n[updates]\nreposts = true\nunpushed = true\n[retention]\nevidence_days = 400\nreading_days = 400\n[review]\nsecond_person_share = 0.05   # assumption: 5 % of the manual \"有\" without a link are looked at by a second person\n[[tiers]]\ncode = \"zombie\"\nmonths = 12\nedge = \"reaches\"\n[[tiers]]\ncode = \"stale_6m\"\nmonths = 6\nedge = \"reaches\"\n[[tiers]]\ncode = \"stale_3m\"\nmonths = 3\nedge = \"exceeds\"\n[[tiers]]\ncode = \"stale_2w\"\n[codes]                  # effect: \"fails\" 不合格, \"listed\" 异常单列, \"hint\" 提示\nnot_found            = { label = \"搜索不到\", effect = \"listed\" }\ncancelled_not_closed = { label = \"已注销但未在报送系统关停\", effect = \"listed\" }\nbanned               = { label = \"账号被封禁/停用\", effect = \"listed\" }\nzombie               = { label = \"长期未更新(1年以上)\", effect = \"fails\" }\nstale_6m             = { label = \"半年以上未更新\", effect = \"fails\" }\nstale_3m             = { label = \"超过3个月未更新\", effect = \"fails\" }\nstale_2w             = { label = \"超2周未更新\", effect = \"fails\" }\nempty_account        = { label = \"开设后未发布内容\", effect = \"fails\" }\nrenamed_unreported   = { label = \"名称变动未报备\", effect = \"listed\" }\nname_mismatch        = { label = \"账号名称与备案名称不一致\", effect = \"listed\" }\nowner_mismatch       = { label = \"认证主体与备案不一致\", effect = \"listed\" }\nclosed_but_alive     = { label = \"报送系统已关停但平台账号未注销\", effect = \"listed\" }\nfiling_name_style    = { label = \"备案填写不规范\", effect = \"listed\" }\nregistry_incomplete  = { label = \"备案信息不完整\", effect = \"listed\" }\nduplicate_filing     = { label = \"重复备案\", effect = \"listed\" }\nsame_body_accounts   = { label = \"同一单位同平台多个账号\", effect = \"hint\" }\nabolished_body       = { label = \"名称含已撤并机构\", effect = \"hint\" }",
  "window_days": 14
 },
 "preliminary": true,
 "registry_mismatches": [],
 "schema": "mediawatch.handoff/1",
 "scope": {
  "accounts": [
   {
    "filing_number": "9000001",
    "name": "示例1",
    "sentence": "最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。",
    "type": "微博",
    "verdict": "failed"
   },
   {
    "filing_number": "9000002",
    "name": "示例2",
    "sentence": "疑似问题经人工审核排除。",
    "type": "微博",
    "verdict": "listed"
   },
   {
    "filing_number": "9000003",
    "name": "示例3",
    "sentence": "疑似问题待审核。",
    "type": "微博",
    "verdict": "unproven"
   },
   {
    "filing_number": "9000004",
    "name": "示例4",
    "sentence": "疑似问题待审核。",
    "type": "微博",
    "verdict": "unproven"
   },
   {
    "filing_number": "9000005",
    "name": "示例5",
    "sentence": "最近一次更新2031年12月28日,距监测时间点3天。",
    "type": "微博",
    "verdict": "fresh"
   },
   {
    "filing_number": "9000006",
    "name": "示例6",
    "sentence": "最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。",
    "type": "微博",
    "verdict": "failed"
   },
   {
    "filing_number": "9000007",
    "name": "示例7",
    "sentence": "疑似问题经人工审核排除。",
    "type": "微博",
    "verdict": "listed"
   },
   {
    "filing_number": "9000008",
    "name": "示例8",
    "sentence": "最近一次更新2031年12月27日,距监测时间点4天。",
    "type": "微博",
    "verdict": "fresh"
   },
   {
    "filing_number": "9000009",
    "name": "示例9",
    "sentence": "本次未能核查:信息来源已暂停,或缺少链接、账号ID、平台登录。",
    "type": "微博",
    "verdict": "unproven"
   },
   {
    "filing_number": "9000010",
    "name": "示例10",
    "sentence": "疑似问题待审核。",
    "type": "微博",
    "verdict": "unproven"
   }
  ],
  "drawn": "",
  "period_from": null,
  "round": "2031年第四次"
 },
 "sweep": {
  "as_of": "2031-12-31T23:59:59+08:00",
  "as_of_day": "2031-12-31",
  "kind": "census",
  "scope": "all",
  "state": "finished"
 },
 "unproven": [
  {
   "account": {
    "body_kind": "",
    "county": "",
    "filing_number": "9000003",
    "level": "",
    "name": "示例3",
    "organiser": "示例市第3测试局",
    "original_id": "",
    "platform": "weibo",
    "platform_id": "1003",
    "prefecture": "甲示例市",
    "status": "running",
    "supervisor": "",
    "type": "微博"
   },
   "sentence": "疑似问题待审核。",
   "verdict": "unproven"
  },
  {
   "account": {
    "body_kind": "",
    "county": "",
    "filing_number": "9000004",
    "level": "",
    "name": "示例4",
    "organiser": "示例市第4测试局",
    "original_id": "",
    "platform": "weibo",
    "platform_id": "1004",
    "prefecture": "甲示例市",
    "status": "running",
    "supervisor": "",
    "type": "微博"
   },
   "sentence": "疑似问题待审核。",
   "verdict": "unproven"
  },
  {
   "account": {
    "body_kind": "",
    "county": "",
    "filing_number": "9000010",
    "level": "",
    "name": "示例10",
    "organiser": "示例市第10测试局",
    "original_id": "",
    "platform": "weibo",
    "platform_id": "1010",
    "prefecture": "甲示例市",
    "status": "running",
    "supervisor": "",
    "type": "微博"
   },
   "sentence": "疑似问题待审核。",
   "verdict": "unproven"
  }
 ]
}
','2032-01-06 04:00:00.000000');
INSERT INTO "notice_document" VALUES(1,2,'22c511d65d040e4f252e76413efb6d5fc5bfdb55c323e8ca261d9853eb17be1d','{
 "corrections": [
  {
   "account": {
    "body_kind": "",
    "county": "",
    "filing_number": "9000006",
    "level": "",
    "name": "示例6",
    "organiser": "示例市第6测试局",
    "original_id": "",
    "platform": "weibo",
    "platform_id": "1006",
    "prefecture": "甲示例市",
    "status": "running",
    "supervisor": "",
    "type": "微博"
   },
   "at": "2032-01-06T12:00:00+08:00",
   "by": "丙某",
   "codes": [],
   "reason": "链接核实有更新"
  }
 ],
 "counts": {
  "checked": 6,
  "closed": 1,
  "failed": 1,
  "kinds": [
   {
    "failed": 1,
    "label": "超2周未更新"
   }
  ],
  "out_of_scope": 0,
  "total": 9,
  "unproven": 3,
  "verdicts": {
   "at_limit": 0,
   "due_soon": 0,
   "failed": 1,
   "fresh": 2,
   "listed": 3,
   "out_of_scope": 0,
   "unproven": 3
  }
 },
 "figures": [
  {
   "heading": "地区(部门)",
   "parts": [
    {
     "checked": 6,
     "coverage": "66.67%",
     "failed": 1,
     "name": "甲示例市",
     "open": 3,
     "rate": "83.33%",
     "total": 9
    }
   ]
  },
  {
   "heading": "平台",
   "parts": [
    {
     "checked": 6,
     "coverage": "66.67%",
     "failed": 1,
     "name": "新浪微博",
     "open": 3,
     "rate": "83.33%",
     "total": 9
    }
   ]
  }
 ],
 "findings": [
  {
   "account": {
    "body_kind": "",
    "county": "",
    "filing_number": "9000001",
    "level": "",
    "name": "示例1",
    "organiser": "示例市第1测试局",
    "original_id": "",
    "platform": "weibo",
    "platform_id": "1001",
    "prefecture": "甲示例市",
    "status": "running",
    "supervisor": "",
    "type": "微博"
   },
   "attested": "recorded",
   "canary": "checked",
   "code": "stale_2w",
   "effect": "fails",
   "evidence": [
    {
     "kind": "screenshot",
     "media_type": "image/jpeg",
     "path": "evidence/3.jpg",
     "sha256": "0000000000000000000000000000000000000000000000000000000000000003",
     "taken_at": "2032-01-01T08:00:59+08:00",
     "url": ""
    },
    {
     "kind": "screenshot",
     "media_type": "image/jpeg",
     "path": "evidence/4.jpg",
     "sha256": "0000000000000000000000000000000000000000000000000000000000000004",
     "taken_at": "2032-01-01T10:00:59+08:00",
     "url": ""
    }
   ],
   "gap_days": 30,
   "gap_is_minimum": false,
   "label": "超2周未更新",
   "latest_post": {
    "at": null,
    "date_kind": "exact",
    "on": "2031-12-01"
   },
   "matched_by": "id",
   "name_seen": "",
   "read_at": "2032-01-01T10:00:59+08:00",
   "review_state": "confirmed",
   "sentence": "最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。",
   "sights": [
    {
     "attested": "recorded",
     "by": "",
     "control": "",
     "look": "first",
     "matched_by": "id",
     "name": "示例1",
     "outcome": "ok",
     "read_at": "2032-01-01T08:00:59+08:00",
     "surface": "weibo.mobile"
    },
    {
     "attested": "recorded",
     "by": "",
     "control": "",
     "look": "second",
     "matched_by": "id",
     "name": "示例1",
     "outcome": "ok",
     "read_at": "2032-01-01T10:00:59+08:00",
     "surface": "weibo.desktop"
    }
   ],
   "surface": "weibo.desktop",
   "times": 1
  }
 ],
 "includes_open": false,
 "marks": [
  "初步结果"
 ],
 "notice": {
  "issued_on": "2032-01-06",
  "number": "示例办函〔2032〕1号",
  "rectify_by": null,
  "report_by": null,
  "title": "示例通报",
  "version": 2
 },
 "policy": {
  "basis": "国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决",
  "name": "national",
  "title": "国家口径:国办秘函〔2019〕19号",
  "toml": "name = \"national\"\ntitle = \"国家口径:国办秘函〔2019〕19号\"\nbasis = \"国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决\"\ntiers_counted = \"exclusive\"   # an account counts in its longest tier only; \"nested\" counts it in every tier it reached\nlisted_counted = \"checked\"    # 异常单列 stand in 检查数; \"apart\" keeps them out of it\nprecedence = [\"not_found\", \"cancelled_not_closed\", \"banned\", \"zombie\", \"stale_6m\", \"stale_3m\", \"stale_2w\", \"empty_account\",\n              \"renamed_unreported\", \"name_mismatch\", \"owner_mismatch\", \"closed_but_alive\"]\n[window]\ndays = 14\nedge = \"exceeds\"         # \"exceeds\": gap > days fails, gap == days is 临界; \"reaches\": gap >= days fails\ndue_soon_from = 10\n[identity]\ndue_days = 7\nclosed_days = 30\n[opening]\ngrace_days = 14\n[closing]\nworking_days = 15\n[updates]\nreposts = true\nunpushed = true\n[retention]\nevidence_days = 400\nreading_days = 400\n[review]\nsecond_person_share = 0.05   # assumption: 5 % of the manual \"有\" without a link are looked at by a second person\n[[tiers]]\ncode = \"zombie\"\nmonths = 12\nedge = \"reaches\"\n[[tiers]]\ncode = \"stale_6m\"\nmonths = 6\nedge = \"reaches\"\n[[tiers]]\ncode = \"stale_3m\"\nmonths = 3\nedge = \"exceeds\"\n[[tiers]]\ncode = \"stale_2w\"\n[codes]                  # effect: \"fails\" 不合格, \"listed\" 异常单列, \"hint\" 提示\nnot_found            = { label = \"搜索不到\", effect = \"listed\" }\ncancelled_not_closed = { label = \"已注销但未在报送系统关停\", effect = \"listed\" }\nbanned               = { label = \"账号被封禁/停用\", effect = \"listed\" }\nzombie               = { label = \"长期未更新(1年以上)\", effect = \"fails\" }\nstale_6m             = { label = \"半年以上未更新\", effect = \"fails\" }\nstale_3m             = { label = \"超过3个月未更新\", effect = \"fails\" }\nstale_2w             = { label = \"超2周未更新\", effect = \"fails\" }\nempty_account        = { label = \"开设后未发布内容\", effect = \"fails\" }\nrenamed_unreported   = { label = \"名称变动未报备\", effect = \"listed\" }\nname_mismatch        = { label = \"账号名称与备案名称不一致\", effect = \"listed\" }\nowner_mismatch       = { label = \"认证主体与备案不一致\", effect = \"listed\" }\nclosed_but_alive     = { label = \"报送系统已关停但平台账号未注销\", effect = \"listed\" }\nfiling_name_style    = { label = \"备案填写不规范\", effect = \"listed\" }\nregistry_incomplete  = { label = \"备案信息不完整\", effect = \"listed\" }\nduplicate_filing     = { label = \"重复备案\", effect = \"listed\" }\nsame_body_accounts   = { label = \"同一单位同平台多个账号\", effect = \"hint\" }\nabolished_body       = { label = \"名称含已撤并机构\", effect = \"hint\" }",
  "window_days": 14
 },
 "preliminary": true,
 "registry_mismatches": [],
 "schema": "mediawatch.handoff/1",
 "scope": {
  "accounts": [
   {
    "filing_number": "9000001",
    "name": "示例1",
    "sentence": "最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。",
    "type": "微博",
    "verdict": "failed"
   },
   {
    "filing_number": "9000002",
    "name": "示例2",
    "sentence": "疑似问题经人工审核排除。",
    "type": "微博",
    "verdict": "listed"
   },
   {
    "filing_number": "9000003",
    "name": "示例3",
    "sentence": "疑似问题待审核。",
    "type": "微博",
    "verdict": "unproven"
   },
   {
    "filing_number": "9000004",
    "name": "示例4",
    "sentence": "疑似问题待审核。",
    "type": "微博",
    "verdict": "unproven"
   },
   {
    "filing_number": "9000005",
    "name": "示例5",
    "sentence": "最近一次更新2031年12月28日,距监测时间点3天。",
    "type": "微博",
    "verdict": "fresh"
   },
   {
    "filing_number": "9000006",
    "name": "示例6",
    "sentence": "经更正撤销。",
    "type": "微博",
    "verdict": "listed"
   },
   {
    "filing_number": "9000007",
    "name": "示例7",
    "sentence": "疑似问题经人工审核排除。",
    "type": "微博",
    "verdict": "listed"
   },
   {
    "filing_number": "9000008",
    "name": "示例8",
    "sentence": "最近一次更新2031年12月27日,距监测时间点4天。",
    "type": "微博",
    "verdict": "fresh"
   },
   {
    "filing_number": "9000009",
    "name": "示例9",
    "sentence": "本次未能核查:信息来源已暂停,或缺少链接、账号ID、平台登录。",
    "type": "微博",
    "verdict": "unproven"
   },
   {
    "filing_number": "9000010",
    "name": "示例10",
    "sentence": "疑似问题待审核。",
    "type": "微博",
    "verdict": "unproven"
   }
  ],
  "drawn": "",
  "period_from": null,
  "round": "2031年第四次"
 },
 "sweep": {
  "as_of": "2031-12-31T23:59:59+08:00",
  "as_of_day": "2031-12-31",
  "kind": "census",
  "scope": "all",
  "state": "finished"
 },
 "unproven": [
  {
   "account": {
    "body_kind": "",
    "county": "",
    "filing_number": "9000003",
    "level": "",
    "name": "示例3",
    "organiser": "示例市第3测试局",
    "original_id": "",
    "platform": "weibo",
    "platform_id": "1003",
    "prefecture": "甲示例市",
    "status": "running",
    "supervisor": "",
    "type": "微博"
   },
   "sentence": "疑似问题待审核。",
   "verdict": "unproven"
  },
  {
   "account": {
    "body_kind": "",
    "county": "",
    "filing_number": "9000004",
    "level": "",
    "name": "示例4",
    "organiser": "示例市第4测试局",
    "original_id": "",
    "platform": "weibo",
    "platform_id": "1004",
    "prefecture": "甲示例市",
    "status": "running",
    "supervisor": "",
    "type": "微博"
   },
   "sentence": "疑似问题待审核。",
   "verdict": "unproven"
  },
  {
   "account": {
    "body_kind": "",
    "county": "",
    "filing_number": "9000010",
    "level": "",
    "name": "示例10",
    "organiser": "示例市第10测试局",
    "original_id": "",
    "platform": "weibo",
    "platform_id": "1010",
    "prefecture": "甲示例市",
    "status": "running",
    "supervisor": "",
    "type": "微博"
   },
   "sentence": "疑似问题待审核。",
   "verdict": "unproven"
  }
 ]
}
','2032-01-06 04:00:00.000000');
INSERT INTO "notice_event" VALUES(1,1,2,'corrected','2032-01-06 04:00:00.000000','丙某','链接核实有更新','','[]',NULL,NULL);
INSERT INTO "notice_finding" VALUES(1,1,0,'stale_2w','fails','超2周未更新','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。','','2031-12-01',30,0,'["0000000000000000000000000000000000000000000000000000000000000003", "0000000000000000000000000000000000000000000000000000000000000004"]');
INSERT INTO "notice_finding" VALUES(1,2,0,'stale_2w','fails','超2周未更新','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。','','2031-12-01',30,0,'["000000000000000000000000000000000000000000000000000000000000000b", "000000000000000000000000000000000000000000000000000000000000000c"]');
INSERT INTO "notice_item" VALUES(1,1,1,'示例1','weibo','微博','9000001','','示例市第1测试局','','甲示例市','','','','','1001','','','','','','','',1,'[]','running',NULL,'2019-01-01',NULL,NULL,'超2周未更新','',1);
INSERT INTO "notice_item" VALUES(1,2,6,'示例6','weibo','微博','9000006','','示例市第6测试局','','甲示例市','','','','','1006','','','','','','','',1,'[]','running',NULL,'2019-01-01',NULL,NULL,'超2周未更新','',1);
INSERT INTO "notice_reading" VALUES(1,1,0,3);
INSERT INTO "notice_reading" VALUES(1,1,0,4);
INSERT INTO "notice_reading" VALUES(1,2,0,11);
INSERT INTO "notice_reading" VALUES(1,2,0,12);
INSERT INTO "post" VALUES(1,1,'p0301','','2031-03-01',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(2,2,'p0901','','2031-09-01',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(3,3,'p1201','','2031-12-01',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(4,4,'p1201','','2031-12-01',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(5,5,'p1201','','2031-12-01',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(6,6,'p1201','','2031-12-01',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(7,7,'p1201','','2031-12-01',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(8,8,'p1201','','2031-12-01',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(9,9,'p1201','','2031-12-01',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(10,10,'p1201','','2031-12-01',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(11,11,'p1201','','2031-12-01',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(12,12,'p1201','','2031-12-01',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(13,13,'p1201','','2031-12-01',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(14,14,'p1201','','2031-12-01',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(15,15,'p1228','','2031-12-28',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(16,16,'p1227','','2031-12-27',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(17,19,'p1209','','2031-12-09',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(18,19,'p1201','','2031-12-01',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(19,20,'p1209','','2031-12-09',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(20,20,'p1201','','2031-12-01',NULL,'other',0,0,NULL);
INSERT INTO "post" VALUES(21,21,'p0102','','2032-01-02',NULL,'other',0,0,NULL);
INSERT INTO "reading" VALUES(1,8,NULL,'first','ok','2031-03-06 15:59:59.000000','2031-03-06 15:59:59.000000','','示例8','id','exact','2031-03-01',NULL,'2019-01-01 00:00:00.000000');
INSERT INTO "reading" VALUES(2,8,NULL,'first','ok','2031-09-22 15:59:59.000000','2031-09-22 15:59:59.000000','','示例8','id','exact','2031-09-01',NULL,'2019-01-01 00:00:00.000000');
INSERT INTO "reading" VALUES(3,1,1,'first','ok','2032-01-01 00:00:59.000000','2032-01-01 00:00:59.000000','','示例1','id','exact','2031-12-01',NULL,'2019-01-01 00:00:00.000000');
INSERT INTO "reading" VALUES(4,1,1,'second','ok','2032-01-01 02:00:59.000000','2032-01-01 02:00:59.000000','','示例1','id','exact','2031-12-01',NULL,'2019-01-01 00:00:00.000000');
INSERT INTO "reading" VALUES(5,2,1,'first','ok','2032-01-01 00:01:59.000000','2032-01-01 00:01:59.000000','','示例2','id','exact','2031-12-01',NULL,'2019-01-01 00:00:00.000000');
INSERT INTO "reading" VALUES(6,2,1,'second','ok','2032-01-01 02:01:59.000000','2032-01-01 02:01:59.000000','','示例2','id','exact','2031-12-01',NULL,'2019-01-01 00:00:00.000000');
INSERT INTO "reading" VALUES(7,3,1,'first','ok','2032-01-01 00:02:59.000000','2032-01-01 00:02:59.000000','','示例3','id','exact','2031-12-01',NULL,'2019-01-01 00:00:00.000000');
INSERT INTO "reading" VALUES(8,3,1,'second','ok','2032-01-01 02:02:59.000000','2032-01-01 02:02:59.000000','','示例3','id','exact','2031-12-01',NULL,'2019-01-01 00:00:00.000000');
INSERT INTO "reading" VALUES(9,4,1,'first','ok','2032-01-01 00:03:59.000000','2032-01-01 00:03:59.000000','','示例4','id','exact','2031-12-01',NULL,'2019-01-01 00:00:00.000000');
INSERT INTO "reading" VALUES(10,4,1,'second','ok','2032-01-01 02:03:59.000000','2032-01-01 02:03:59.000000','','示例4','id','exact','2031-12-01',NULL,'2019-01-01 00:00:00.000000');
INSERT INTO "reading" VALUES(11,6,1,'first','ok','2032-01-01 00:05:59.000000','2032-01-01 00:05:59.000000','','示例6','id','exact','2031-12-01',NULL,'2019-01-01 00:00:00.000000');
INSERT INTO "reading" VALUES(12,6,1,'second','ok','2032-01-01 02:05:59.000000','2032-01-01 02:05:59.000000','','示例6','id','exact','2031-12-01',NULL,'2019-01-01 00:00:00.000000');
INSERT INTO "reading" VALUES(13,10,1,'first','ok','2032-01-01 00:09:59.000000','2032-01-01 00:09:59.000000','','示例10','id','exact','2031-12-01',NULL,'2019-01-01 00:00:00.000000');
INSERT INTO "reading" VALUES(14,10,1,'second','ok','2032-01-01 02:09:59.000000','2032-01-01 02:09:59.000000','','示例10','id','exact','2031-12-01',NULL,'2019-01-01 00:00:00.000000');
INSERT INTO "reading" VALUES(15,5,1,'first','ok','2031-12-31 23:59:59.000000','2031-12-31 23:59:59.000000','','示例5','id','exact','2031-12-28',NULL,'2019-01-01 00:00:00.000000');
INSERT INTO "reading" VALUES(16,8,1,'first','ok','2031-12-31 23:59:59.000000','2031-12-31 23:59:59.000000','','示例8','id','exact','2031-12-27',NULL,'2019-01-01 00:00:00.000000');
INSERT INTO "reading" VALUES(17,7,1,'first','cancelled','2031-12-31 23:59:59.000000','2031-12-31 23:59:59.000000','','',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "reading" VALUES(18,7,1,'second','cancelled','2032-01-01 01:59:59.000000','2032-01-01 01:59:59.000000','','',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "reading" VALUES(19,4,1,'first','ok','2032-01-01 04:59:59.000000','2032-01-01 04:59:59.000000','','示例4','id','exact','2031-12-09',NULL,'2019-01-01 00:00:00.000000');
INSERT INTO "reading" VALUES(20,4,1,'second','ok','2032-01-01 06:59:59.000000','2032-01-01 06:59:59.000000','','示例4','id','exact','2031-12-09',NULL,'2019-01-01 00:00:00.000000');
INSERT INTO "reading" VALUES(21,8,NULL,'first','ok','2032-01-06 04:00:00.000000','2032-01-06 04:00:00.000000','','示例8','id','exact','2032-01-02',NULL,'2019-01-01 00:00:00.000000');
INSERT INTO "review_event" VALUES(1,1,1,'stale_2w','confirmed','2032-01-06 04:00:00.000000','丙某','证据属实','','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。');
INSERT INTO "review_event" VALUES(2,1,4,'stale_2w','confirmed','2032-01-06 04:00:00.000000','丙某','证据属实','','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。');
INSERT INTO "review_event" VALUES(3,1,6,'stale_2w','confirmed','2032-01-06 04:00:00.000000','丙某','证据属实','','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。');
INSERT INTO "review_event" VALUES(4,1,2,'stale_2w','dismissed','2032-01-06 04:00:00.000000','丙某','单位说明属实','','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。');
INSERT INTO "review_event" VALUES(5,1,7,'cancelled_not_closed','dismissed','2032-01-06 04:00:00.000000','丙某','单位说明属实','','平台显示该账号已注销,报送系统中仍为正常运行。');
INSERT INTO "review_event" VALUES(6,1,6,'stale_2w','reopened','2032-01-06 04:00:00.000000','丙某','更正:链接核实有更新','','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。');
INSERT INTO "review_event" VALUES(7,1,6,'stale_2w','dismissed','2032-01-06 04:00:00.000000','丙某','更正:链接核实有更新','','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。');
INSERT INTO "review_event" VALUES(8,1,10,'stale_2w','confirmed','2032-01-06 04:00:00.000000','丙某','证据属实','','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。');
INSERT INTO "review_event" VALUES(9,1,3,'stale_2w','dispatched','2032-01-06 04:00:00.000000','丙某','证据属实','','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。');
INSERT INTO "sight" VALUES(1,1,'weibo.mobile','','示例8','1008','','示例市第8测试局','','','','recorded','ok','id','2031-03-06 15:59:59.000000','2019-01-01 00:00:00.000000');
INSERT INTO "sight" VALUES(2,2,'weibo.mobile','','示例8','','','示例市第8测试局','','','','recorded','ok','id','2031-09-22 15:59:59.000000','2019-01-01 00:00:00.000000');
INSERT INTO "sight" VALUES(3,3,'weibo.mobile','','示例1','1001','','示例市第1测试局','','','','recorded','ok','id','2032-01-01 00:00:59.000000','2019-01-01 00:00:00.000000');
INSERT INTO "sight" VALUES(4,4,'weibo.desktop','','示例1','1001','','示例市第1测试局','','','','recorded','ok','id','2032-01-01 02:00:59.000000','2019-01-01 00:00:00.000000');
INSERT INTO "sight" VALUES(5,5,'weibo.mobile','','示例2','1002','','示例市第2测试局','','','','recorded','ok','id','2032-01-01 00:01:59.000000','2019-01-01 00:00:00.000000');
INSERT INTO "sight" VALUES(6,6,'weibo.desktop','','示例2','1002','','示例市第2测试局','','','','recorded','ok','id','2032-01-01 02:01:59.000000','2019-01-01 00:00:00.000000');
INSERT INTO "sight" VALUES(7,7,'weibo.mobile','','示例3','1003','','示例市第3测试局','','','','recorded','ok','id','2032-01-01 00:02:59.000000','2019-01-01 00:00:00.000000');
INSERT INTO "sight" VALUES(8,8,'weibo.desktop','','示例3','1003','','示例市第3测试局','','','','recorded','ok','id','2032-01-01 02:02:59.000000','2019-01-01 00:00:00.000000');
INSERT INTO "sight" VALUES(9,9,'weibo.mobile','','示例4','1004','','示例市第4测试局','','','','recorded','ok','id','2032-01-01 00:03:59.000000','2019-01-01 00:00:00.000000');
INSERT INTO "sight" VALUES(10,10,'weibo.desktop','','示例4','1004','','示例市第4测试局','','','','recorded','ok','id','2032-01-01 02:03:59.000000','2019-01-01 00:00:00.000000');
INSERT INTO "sight" VALUES(11,11,'weibo.mobile','','示例6','1006','','示例市第6测试局','','','','recorded','ok','id','2032-01-01 00:05:59.000000','2019-01-01 00:00:00.000000');
INSERT INTO "sight" VALUES(12,12,'weibo.desktop','','示例6','1006','','示例市第6测试局','','','','recorded','ok','id','2032-01-01 02:05:59.000000','2019-01-01 00:00:00.000000');
INSERT INTO "sight" VALUES(13,13,'weibo.mobile','','示例10','1010','','示例市第10测试局','','','','recorded','ok','id','2032-01-01 00:09:59.000000','2019-01-01 00:00:00.000000');
INSERT INTO "sight" VALUES(14,14,'weibo.desktop','','示例10','1010','','示例市第10测试局','','','','recorded','ok','id','2032-01-01 02:09:59.000000','2019-01-01 00:00:00.000000');
INSERT INTO "sight" VALUES(15,15,'weibo.mobile','','示例5','1005','','示例市第5测试局','','','','recorded','ok','id','2031-12-31 23:59:59.000000','2019-01-01 00:00:00.000000');
INSERT INTO "sight" VALUES(16,16,'weibo.mobile','','示例8','2008','','示例市第8测试局','','','','recorded','ok','id','2031-12-31 23:59:59.000000','2019-01-01 00:00:00.000000');
INSERT INTO "sight" VALUES(17,17,'weibo.mobile','','','1007','','示例市第7测试局','账号已注销','','示例对照','recorded','cancelled','id','2031-12-31 23:59:59.000000',NULL);
INSERT INTO "sight" VALUES(18,18,'weibo.desktop','','','1007','','示例市第7测试局','账号已注销','','示例对照','recorded','cancelled','id','2032-01-01 01:59:59.000000',NULL);
INSERT INTO "sight" VALUES(19,19,'weibo.mobile','','示例4','1004','','示例市第4测试局','','','','recorded','ok','id','2032-01-01 04:59:59.000000','2019-01-01 00:00:00.000000');
INSERT INTO "sight" VALUES(20,20,'weibo.desktop','','示例4','1004','','示例市第4测试局','','','','recorded','ok','id','2032-01-01 06:59:59.000000','2019-01-01 00:00:00.000000');
INSERT INTO "sight" VALUES(21,21,'weibo.mobile','','示例8','','','示例市第8测试局','','','','recorded','ok','id','2032-01-06 04:00:00.000000','2019-01-01 00:00:00.000000');
INSERT INTO "source" VALUES(1,'台账.xlsx','0000000000000000000000000000000000000000000000000000000000000000','registry','2030-11-26 15:59:59.000000');
INSERT INTO "source" VALUES(2,'台账.xlsx','0000000000000000000000000000000000000000000000000000000000000000','registry','2031-06-14 15:59:59.000000');
INSERT INTO "sweep" VALUES(1,'2031-12-31 15:59:59.000000','2031-12-31 15:59:59.000000','national','name = "national"
title = "国家口径:国办秘函〔2019〕19号"
basis = "国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决"
tiers_counted = "exclusive"   # an account counts in its longest tier only; "nested" counts it in every tier it reached
listed_counted = "checked"    # 异常单列 stand in 检查数; "apart" keeps them out of it
precedence = ["not_found", "cancelled_not_closed", "banned", "zombie", "stale_6m", "stale_3m", "stale_2w", "empty_account",
              "renamed_unreported", "name_mismatch", "owner_mismatch", "closed_but_alive"]
[window]
days = 14
edge = "exceeds"         # "exceeds": gap > days fails, gap == days is 临界; "reaches": gap >= days fails
due_soon_from = 10
[identity]
due_days = 7
closed_days = 30
[opening]
grace_days = 14
[closing]
working_days = 15
[updates]
reposts = true
unpushed = true
[retention]
evidence_days = 400
reading_days = 400
[review]
second_person_share = 0.05   # assumption: 5 % of the manual "有" without a link are looked at by a second person
[[tiers]]
code = "zombie"
months = 12
edge = "reaches"
[[tiers]]
code = "stale_6m"
months = 6
edge = "reaches"
[[tiers]]
code = "stale_3m"
months = 3
edge = "exceeds"
[[tiers]]
code = "stale_2w"
[codes]                  # effect: "fails" 不合格, "listed" 异常单列, "hint" 提示
not_found            = { label = "搜索不到", effect = "listed" }
cancelled_not_closed = { label = "已注销但未在报送系统关停", effect = "listed" }
banned               = { label = "账号被封禁/停用", effect = "listed" }
zombie               = { label = "长期未更新(1年以上)", effect = "fails" }
stale_6m             = { label = "半年以上未更新", effect = "fails" }
stale_3m             = { label = "超过3个月未更新", effect = "fails" }
stale_2w             = { label = "超2周未更新", effect = "fails" }
empty_account        = { label = "开设后未发布内容", effect = "fails" }
renamed_unreported   = { label = "名称变动未报备", effect = "listed" }
name_mismatch        = { label = "账号名称与备案名称不一致", effect = "listed" }
owner_mismatch       = { label = "认证主体与备案不一致", effect = "listed" }
closed_but_alive     = { label = "报送系统已关停但平台账号未注销", effect = "listed" }
filing_name_style    = { label = "备案填写不规范", effect = "listed" }
registry_incomplete  = { label = "备案信息不完整", effect = "listed" }
duplicate_filing     = { label = "重复备案", effect = "listed" }
same_body_accounts   = { label = "同一单位同平台多个账号", effect = "hint" }
abolished_body       = { label = "名称含已撤并机构", effect = "hint" }','all','census','finished','2032-01-06 04:00:00.000000','','2031年第四次',NULL);
INSERT INTO "sweep_account" VALUES(1,1,'示例1','weibo','微博',1,'9000001','','示例市第1测试局','','甲示例市','','','','','1001','','','','[]','running',NULL,'','2019-01-01',NULL,'','',NULL,NULL,'2031-12-01','failed','exact','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。',30,0,'[]','');
INSERT INTO "sweep_account" VALUES(1,2,'示例2','weibo','微博',1,'9000002','','示例市第2测试局','','甲示例市','','','','','1002','','','','[]','running',NULL,'','2019-01-01',NULL,'','',NULL,NULL,'2031-12-01','failed','exact','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。',30,0,'[]','');
INSERT INTO "sweep_account" VALUES(1,3,'示例3','weibo','微博',1,'9000003','','示例市第3测试局','','甲示例市','','','','','1003','','','','[]','running',NULL,'','2019-01-01',NULL,'','',NULL,NULL,'2031-12-01','failed','exact','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。',30,0,'[]','');
INSERT INTO "sweep_account" VALUES(1,4,'示例4','weibo','微博',1,'9000004','','示例市第4测试局','','甲示例市','','','','','1004','','','','[]','running',NULL,'','2019-01-01',NULL,'','',NULL,NULL,'2031-12-09','failed','exact','最近一次更新为2031年12月9日,至监测时间点2031年12月31日间隔22天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。',22,0,'["未经对照账号校验。"]','');
INSERT INTO "sweep_account" VALUES(1,5,'示例5','weibo','微博',1,'9000005','','示例市第5测试局','','甲示例市','','','','','1005','','','','[]','running',NULL,'','2019-01-01',NULL,'','',NULL,NULL,'2031-12-28','fresh','exact','最近一次更新2031年12月28日,距监测时间点3天。',3,0,'[]','');
INSERT INTO "sweep_account" VALUES(1,6,'示例6','weibo','微博',1,'9000006','','示例市第6测试局','','甲示例市','','','','','1006','','','','[]','running',NULL,'','2019-01-01',NULL,'','',NULL,NULL,'2031-12-01','failed','exact','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。',30,0,'[]','');
INSERT INTO "sweep_account" VALUES(1,7,'示例7','weibo','微博',1,'9000007','','示例市第7测试局','','甲示例市','','','','','1007','','','','[]','running',NULL,'','2019-01-01',NULL,'','',NULL,NULL,NULL,'listed',NULL,'平台显示该账号已注销,报送系统中仍为正常运行。',NULL,0,'[]','');
INSERT INTO "sweep_account" VALUES(1,8,'示例8','weibo','微博',1,'9000008','','示例市第8测试局','','甲示例市','','','','','2008','','','','[]','running',NULL,'','2019-01-01',NULL,'','',NULL,NULL,'2031-12-27','fresh','exact','最近一次更新2031年12月27日,距监测时间点4天。',4,0,'[]','');
INSERT INTO "sweep_account" VALUES(1,9,'示例9','weibo','微博',1,'9000009','','示例市第9测试局','','甲示例市','','','','','1009','','','','[]','closed',NULL,'','2019-01-01',NULL,'','',NULL,NULL,NULL,'unproven',NULL,'本次未能核查:信息来源已暂停,或缺少链接、账号ID、平台登录。',NULL,0,'[]','');
INSERT INTO "sweep_account" VALUES(1,10,'示例10','weibo','微博',1,'9000010','','示例市第10测试局','','甲示例市','','','','','1010','','','','[]','running',NULL,'','2019-01-01',NULL,'','',NULL,NULL,'2031-12-01','failed','exact','最近一次更新为2031年12月1日,至监测时间点2031年12月31日间隔30天,属“超2周未更新”(依据:国办秘函〔2019〕19号:监测时间点前2周内无更新的,单项否决)。',30,0,'[]','');
