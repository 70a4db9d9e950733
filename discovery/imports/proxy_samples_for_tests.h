#pragma once
// Lines of proxies, and in the formats of SIEMs, written after what vendors document, with what
// they are to be read as; for tests.

#include <span>
#include <string_view>

#include "discovery/imports/formats.h"

namespace sallyport::discovery::imports {

struct LogSample {
  LogFormat format;
  std::string_view lines;
  std::string_view read;  // by read_lines() of record_text_for_tests.h
};

inline constexpr LogSample kProxySamples[] = {
    {LogFormat::combined,
     "192.0.2.7 - ana [27/Nov/2025:17:49:03 +0100] \"GET "
     "https://files.example.com/a/b?token=secret HTTP/1.1\" 200 4512 \"https://start.example/\" "
     "\"Mozilla/5.0 (X11; \\\"x\\\")\"\n"
     "192.0.2.8 - - [27/Nov/2025:17:49:04 +0000] \"CONNECT mail.example.org:443 HTTP/1.1\" 403 "
     "3900 TCP_DENIED:HIER_NONE\n"
     "192.0.2.8 - CORP\\ben [27/Nov/2025:17:49:05 +0000] \"POST http://upload.example.net/x "
     "HTTP/1.1\" 201 17 \"-\" \"curl/7.88.1\" TCP_MISS:HIER_DIRECT\n"
     "Files.Example.com:8443 2001:db8::7 - - [27/Nov/2025:17:49:06 +0000] \"GET /index.html "
     "HTTP/2.0\" 304 - \"-\" \"Mozilla/5.0\"\n"
     "<190>Nov 27 17:49:03 web1 nginx: 192.0.2.9 - - [27/Nov/2025:17:49:07 +0000] "
     "\"\\x16\\x03\\x01\" 400 150 \"-\" \"-\"\n",
     "2025-11-27T16:49:03.000000Z 192.0.2.7 ana > https files.example.com :443 GET /a/b down 4512 "
     "200 agent 'Mozilla/5.0 (X11; \\\"x\\\")'\n"
     "2025-11-27T17:49:04.000000Z 192.0.2.8 - > mail.example.org :443 CONNECT down 3900 403 "
     "blocked\n"
     "2025-11-27T17:49:05.000000Z 192.0.2.8 CORP\\ben > http upload.example.net :80 POST /x down "
     "17 201 allowed agent 'curl/7.88.1'\n"
     "2025-11-27T17:49:06.000000Z 2001:db8::7 - > files.example.com :8443 GET /index.html 304 "
     "agent 'Mozilla/5.0'\n"
     "aside\n"},
    {LogFormat::haproxy,
     "Nov 27 17:49:03 lb1 haproxy[812]: 192.0.2.7:51234 [27/Nov/2025:17:49:03.123] web~ "
     "files/srv1 0/0/1/12/13 200 4512 - - ---- 3/3/0/0/0 0/0 {files.example.com|curl/7.88.1} {} "
     "\"GET /a?b=c HTTP/1.1\"\n"
     "Nov 27 17:49:04 lb1 haproxy[812]: 2001:db8::7:51235 [27/Nov/2025:17:49:04.001] web "
     "web/<NOSRV> 0/-1/-1/-1/0 403 188 - - PR-- 3/3/0/0/0 0/0 \"POST https://evil.example/x "
     "HTTP/2.0\"\n"
     "Nov 27 17:49:05 lb1 haproxy[812]: 192.0.2.7:51236 [27/Nov/2025:17:49:05.002] tcp back/srv "
     "1/0/2000 8800 -- 1/1/1/1/0 0/0\n"
     "Nov 27 17:49:05 lb1 haproxy[812]: 192.0.2.7:51237 [27/Nov/2025:17:49:05.002] web/1: SSL "
     "handshake failure\n",
     "2025-11-27T17:49:03.123000Z 192.0.2.7 - > files.example.com GET /a down 4512 200 allowed\n"
     "2025-11-27T17:49:04.001000Z 2001:db8::7 - > https evil.example :443 POST /x down 188 403 "
     "blocked\n"
     "aside\n"
     "aside\n"},
    {LogFormat::w3c,
     "#Software: SGOS 7.3.6.1\n"
     "#Version: 1.0\n"
     "#Date: 2025-11-27 17:49:00\n"
     "#Fields: date time time-taken c-ip cs-username cs-auth-group x-exception-id "
     "sc-filter-result cs-categories cs(Referer) sc-status s-action cs-method rs(Content-Type) "
     "cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs-uri-extension cs(User-Agent) "
     "s-ip sc-bytes cs-bytes x-virus-id\n"
     "2025-11-27 17:49:03 85 192.0.2.7 CORP\\ana Staff - OBSERVED \"Technology/Internet\" "
     "https://start.example/ 200 TCP_NC_MISS GET text/html;%20charset=utf-8 https "
     "Files.Example.com 443 /a/b ?token=secret html \"Mozilla/5.0 (X11; Linux)\" 10.0.0.1 4512 "
     "812 -\n"
     "2025-11-27 17:49:04 3 192.0.2.8 - - policy_denied DENIED \"Hacking\" - 403 TCP_DENIED "
     "CONNECT - tcp evil.example 443 / - - - 10.0.0.1 0 211 -\n"
     "2025-11-27 17:49:05 3 192.0.2.8 - - -\n"
     "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
     "cs(User-Agent) sc-status cs-host sc-bytes cs-bytes\n"
     "2025-11-27 17:49:06 198.51.100.9 GET /owa/ - 443 - 192.0.2.9 Mozilla/5.0+(X11) 200 "
     "mail.example.org 900 300\n",
     "aside\n"
     "aside\n"
     "aside\n"
     "aside\n"
     "2025-11-27T17:49:03.000000Z 192.0.2.7 CORP\\ana > https files.example.com :443 GET /a/b up "
     "812 down 4512 200 allowed agent 'Mozilla/5.0 (X11; Linux)' type text/html;%20charset=utf-8\n"
     "2025-11-27T17:49:04.000000Z 192.0.2.8 - > evil.example :443 CONNECT / up 211 down 0 403 "
     "blocked\n"
     "bad: not of this format, or cut off\n"
     "aside\n"
     "2025-11-27T17:49:06.000000Z 192.0.2.9 - > mail.example.org 198.51.100.9 :443 GET /owa/ up "
     "300 down 900 200 agent 'Mozilla/5.0+(X11)'\n"},
    {LogFormat::w3c,
     "#Fields: c-ip\tcs-username\tc-agent\tdate\ttime\ts-computername\tcs-referred\tr-host\tr-ip"
     "\tr-port\ttime-taken\tcs-bytes\tsc-bytes\tcs-protocol\ts-operation\tcs-uri\tcs-mime-type\tsc"
     "-status\taction\n"
     "192.0.2.7\tCORP\\ana\tMozilla/5.0 (Windows NT "
     "10.0)\t2025-11-27\t17:49:03\tTMG1\t-\tfiles.example.com\t198.51.100.9\t80\t12\t812\t4512\tht"
     "tp\tGET\thttp://files.example.com/a?b\ttext/html\t200\tAllowed\n"
     "192.0.2.8\tanonymous\t-\t2025-11-27\t17:49:04\tTMG1\t-\tevil.example\t-\t443\t1\t0\t0\tSSL-t"
     "unnel\t-\tevil.example:443\t-\t12202\tDenied\n",
     "aside\n"
     "2025-11-27T17:49:03.000000Z 192.0.2.7 CORP\\ana > http files.example.com 198.51.100.9 :80 "
     "GET /a up 812 down 4512 200 allowed agent 'Mozilla/5.0 (Windows NT 10.0)' type text/html\n"
     "2025-11-27T17:49:04.000000Z 192.0.2.8 - > evil.example :443 up 0 down 0 blocked\n"},
    {LogFormat::cef,
     "Nov 27 17:49:03 nss CEF:0|Zscaler|NSSWeblog|6.2|Allowed|Allowed|3|act=Allowed app=HTTPS "
     "cat=Cloud Storage dhost=files.example.com dst=198.51.100.9 src=192.0.2.7 in=4512 "
     "outcome=200 out=812 request=files.example.com/a/b?token\\=secret rt=Nov 27 2025 17:49:03 "
     "sourceTranslatedAddress=203.0.113.7 requestClientApplication=Mozilla/5.0 (X11) "
     "requestMethod=POST suser=ana@corp.example spriv=HQ cs1Label=dept cs1=Sales fileType=ZIP\n"
     "Nov 27 17:49:04 fw CEF:0|Palo Alto Networks|PAN-OS|10.2.0|end|TRAFFIC|1|rt=Nov 27 2025 "
     "17:49:04 GMT src=192.0.2.8 dst=198.51.100.9 suser=corp\\\\ben app=dropbox act=allow in=300 "
     "out=9000 dpt=443 proto=tcp\n"
     "Nov 27 17:49:04 fw CEF:0|Palo Alto Networks|PAN-OS|10.2.0|start|TRAFFIC|1|rt=Nov 27 2025 "
     "17:49:04 GMT src=192.0.2.8 dst=198.51.100.9 act=allow in=0 out=0\n"
     "<189>Nov 27 17:49:05 fg CEF:0|Fortinet|Fortigate|v7.2.4|13056|utm:webfilter ftgd_blk "
     "blocked|4|FTNTFGTeventtime=1764265745000000000 deviceExternalId=FG100F src=192.0.2.9 "
     "dst=198.51.100.77 dpt=443 app=HTTPS act=blocked dhost=evil.example "
     "request=https://evil.example/ in=0 out=517\n"
     "CEF:0|Check Point|URL Filtering|Check Point|1.0|Log|Unknown|act=Accept rt=1764265746000 "
     "dst=198.51.100.9 src=192.0.2.7 dpt=443 in=7000 out=600 request=https://files.example.com/x "
     "suser=Ana (ana)\n"
     "CEF:0|Vendor|Product|1|100|login|5|rt=1764265746000 src=192.0.2.7 suser=ana msg=signed in "
     "a\\=b\n",
     "2025-11-27T17:49:03.000000Z 192.0.2.7 ana@corp.example > https files.example.com "
     "198.51.100.9 POST /a/b up 812 down 4512 200 allowed agent 'Mozilla/5.0 (X11)' type ZIP\n"
     "2025-11-27T17:49:04.000000Z 192.0.2.8 corp\\ben > 198.51.100.9 :443 up 300 down 9000 "
     "allowed\n"
     "aside\n"
     "2025-11-27T17:49:05.000000Z 192.0.2.9 - > https evil.example 198.51.100.77 :443 / up 517 "
     "down 0 blocked\n"
     "2025-11-27T17:49:06.000000Z 192.0.2.7 Ana (ana) > https files.example.com 198.51.100.9 :443 "
     "/x up 600 down 7000 allowed\n"
     "aside\n"},
    {LogFormat::leef,
     "LEEF:1.0|Zscaler|NSS|6.2|Allowed|cat=Allowed\tdevTime=Nov 27 2025 17:49:03 "
     "GMT\tdevTimeFormat=MMM dd yyyy HH:mm:ss z\tsrc=192.0.2.7\tdst=198.51.100.9\tusrName=ana@corp"
     ".example\tsrcBytes=812\tdstBytes=4512\turl=files.example.com/a?b=c\thostname=files.example.c"
     "om\tappproto=HTTPS\tuseragent=Mozilla/5.0\treqmethod=GET\trespcode=200\n"
     "<13>Nov 27 17:49:04 wsg LEEF:1.0|Forcepoint|Security|8.5.4|transaction:blocked|sev=7\tcat=15"
     "3\tusrName=CORP\\ben\tsrc=192.0.2.8\tsrcBytes=0\tdstBytes=0\tdst=198.51.100.77\tdstPort=443"
     "\tmethod=CONNECT\turl=https://evil.example/\n"
     "LEEF:2.0|Palo Alto Networks|PAN-OS Syslog "
     "Integration|10.1|allow|x7C|cat=TRAFFIC|devTime=Nov 27 2025 17:49:05 "
     "GMT|src=192.0.2.9|dst=198.51.100.9|usrName=corp\\cem|dstPort=443|TotalBytes=9300|srcBytes=30"
     "0|dstBytes=9000|action=allow\n"
     "LEEF:2.0|Vendor|Product|1|login|^|devTime=1764265746000^src=192.0.2.9^usrName=cem\n",
     "2025-11-27T17:49:03.000000Z 192.0.2.7 ana@corp.example > https files.example.com "
     "198.51.100.9 GET /a up 812 down 4512 200 allowed agent 'Mozilla/5.0'\n"
     "2026-11-27T17:49:04.000000Z 192.0.2.8 CORP\\ben > https evil.example 198.51.100.77 :443 "
     "CONNECT / up 0 down 0 blocked\n"
     "2025-11-27T17:49:05.000000Z 192.0.2.9 corp\\cem > 198.51.100.9 :443 up 300 down 9000 "
     "allowed\n"
     "aside\n"},
    {LogFormat::zscaler,
     "2025-11-27 17:49:03\treason=Allowed\tevent_id=7000000000000000001\tprotocol=HTTPS\taction=Al"
     "lowed\ttransactionsize=5324\tresponsesize=4512\trequestsize=812\turlcategory=File "
     "Host\tserverip=198.51.100.9\tclienttranstime=0\trequestmethod=GET\trefererURL=None\tuseragen"
     "t=Mozilla/5.0 (X11)\tproduct=NSS\tlocation=HQ\tClientIP=192.0.2.7\tstatus=200\tuser=ana@corp"
     ".example\turl=files.example.com/a?token=secret\tvendor=Zscaler\thostname=files.example.com"
     "\tclientpublicIP=203.0.113.7\n"
     "\"Thu Nov 27 17:49:04 2025\",\"ben@corp.example\",\"HTTPS\",\"evil.example/x\",\"Blocked\","
     "\"General Browsing\",\"General Browsing\",\"211\",\"14061\",\"0\",\"0\",\"Security\",\"Secur"
     "ity\",\"Malware\",\"None\",\"None\",\"0\",\"None\",\"None\",\"HQ\",\"Sales\",\"192.0.2.8\","
     "\"198.51.100.77\",\"GET\",\"403\",\"curl/7.88.1\",\"None\",\"FwFilter\",\"Default\",\"Other"
     "\"\n",
     "2025-11-27T17:49:03.000000Z 192.0.2.7 ana@corp.example > https files.example.com "
     "198.51.100.9 GET /a up 812 down 4512 200 allowed agent 'Mozilla/5.0 (X11)'\n"
     "2025-11-27T17:49:04.000000Z 192.0.2.8 ben@corp.example > https evil.example 198.51.100.77 "
     "GET /x up 211 down 14061 403 blocked agent 'curl/7.88.1'\n"},
    {LogFormat::umbrella,
     "\"2025-11-27 17:49:03\",\"ana@corp.example\",\"192.0.2.7\",\"203.0.113.7\",\"198.51.100.9\","
     "\"text/html\",\"ALLOWED\",\"https://files.example.com/a?token=secret\",\"https://start.examp"
     "le/\",\"Mozilla/5.0 (X11)\",\"200\",\"812\",\"4512\",\"4400\",\"\",\"File "
     "Storage\",\"\",\"\",\"\",\"\",\"\",\"AD Users\",\"\",\"ana@corp.example\",\"AD "
     "Users\",\"GET\",\"\",\"\",\"a\"\n"
     "\"2025-11-27 17:49:04\",\"ben\",\"ben,HQ\",\"192.0.2.8\",\"203.0.113.7\",\"Blocked\",\"1 "
     "(A)\",\"NOERROR\",\"evil.example.\",\"Malware\",\"AD Users\",\"AD "
     "Users,Sites\",\"Malware\"\n",
     "2025-11-27T17:49:03.000000Z 192.0.2.7 ana@corp.example > https files.example.com "
     "198.51.100.9 :443 GET /a up 812 down 4512 200 allowed agent 'Mozilla/5.0 (X11)' type "
     "text/html\n"
     "2025-11-27T17:49:04.000000Z 192.0.2.8 ben > evil.example blocked\n"},
    {LogFormat::alb,
     "https 2025-11-27T17:49:03.186641Z app/lb/50dc6c495c0c9188 192.0.2.7:51234 10.0.0.1:80 0.086 "
     "0.048 0.037 200 200 812 4512 \"GET https://Files.example.com:443/a?token=secret HTTP/1.1\" "
     "\"curl/7.88.1\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 "
     "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/t/73e2 "
     "\"Root=1-58337262\" \"files.example.com\" "
     "\"arn:aws:acm:eu-central-1:123456789012:certificate/1\" 1 2025-11-27T17:49:03.000000Z "
     "\"authenticate,forward\" \"-\" \"-\" \"10.0.0.1:80\" \"200\" \"-\" \"-\"\n"
     "http 2025-11-27T17:49:04.000000Z app/lb/50dc6c495c0c9188 192.0.2.8:51235 - -1 -1 -1 403 - "
     "34 366 \"POST http://www.example.net:80/ HTTP/1.1\" \"-\" - - - \"Root=1-5833\" \"-\" \"-\" "
     "0 2025-11-27T17:49:04.000000Z \"waf\" \"-\" \"-\" \"-\" \"-\" \"-\" \"-\"\n"
     "http 2025-11-27T17:49:05.000000Z app/lb/50dc6c495c0c9188 192.0.2.8:51236 - -1 -1 -1 400 - 0 "
     "272 \"- http://lb.example:80- -\" \"-\" - - - \"-\" \"-\" \"-\" - "
     "2025-11-27T17:49:05.000000Z \"-\" \"-\" \"-\" \"-\" \"-\" \"-\" \"-\"\n",
     "2025-11-27T17:49:03.186641Z 192.0.2.7 - > https files.example.com :443 GET /a up 812 down "
     "4512 200 allowed agent 'curl/7.88.1'\n"
     "2025-11-27T17:49:04.000000Z 192.0.2.8 - > http www.example.net :80 POST / up 34 down 366 "
     "403 blocked\n"
     "aside\n"},
    {LogFormat::sallyport,
     "{\"id\":\"01JDQ0000000000000000000AA\",\"kind\":\"exchange\",\"time\":\"2025-11-27T17:49:03."
     "123456Z\",\"duration_us\":85000,\"connection_id\":\"00000000000000a1\",\"stream_id\":1,\"wor"
     "ker\":0,\"user\":\"ana\",\"client\":{\"ip\":\"192.0.2.7\",\"port\":51234,\"category\":\"corp"
     "orate\"},\"destination\":{\"ip\":\"198.51.100.9\",\"port\":443},\"scheme\":\"https\",\"host"
     "\":\"files.example.com\",\"port\":443,\"method\":\"POST\",\"path\":\"/a\",\"user_agent\":\"c"
     "url/7.88.1\",\"status\":200,\"media_type\":\"text/html\",\"action\":\"allow\",\"ending\":\"c"
     "ompleted\",\"intercepted\":true,\"bytes_in\":812,\"bytes_out\":4512}\n"
     "{\"id\":\"01JDQ0000000000000000000AB\",\"kind\":\"tunnel\",\"time\":\"2025-11-27T17:49:04.00"
     "0000Z\",\"duration_us\":1,\"connection_id\":\"00000000000000a2\",\"client\":{\"ip\":\"192.0."
     "2.8\",\"port\":51235},\"host\":\"2001:db8::77\",\"port\":443,\"action\":\"block\",\"policy"
     "\":\"no\",\"ending\":\"blocked\",\"bytes_in\":0,\"bytes_out\":0}\n"
     "{\"id\":\"01JDQ0000000000000000000AC\",\"kind\":\"connection\",\"time\":\"2025-11-27T17:49:0"
     "5.000000Z\",\"connection_id\":\"00000000000000a3\",\"client\":{\"ip\":\"192.0.2.8\",\"port"
     "\":51236},\"ending\":\"client_closed\",\"bytes_in\":0,\"bytes_out\":0}\n",
     "2025-11-27T17:49:03.123456Z 192.0.2.7 ana > https files.example.com 198.51.100.9 :443 POST "
     "/a up 812 down 4512 200 allowed agent 'curl/7.88.1' type text/html\n"
     "2025-11-27T17:49:04.000000Z 192.0.2.8 - > 2001:db8::77 :443 up 0 down 0 blocked\n"
     "aside\n"},
};

}  // namespace sallyport::discovery::imports
