#include "proxy/app/api_schemas.h"

#include <iterator>
#include <vector>

namespace sallyport::app {

namespace {

constexpr admin::NamedSchema kSchemas[] = {
    {"Problem",
     R"({"type":"object","required":["type","title","status","detail"],)"
     R"("properties":{"type":{"type":"string"},"title":{"type":"string"},)"
     R"("status":{"type":"number"},"detail":{"type":"string"},"needs":{"type":"string"},)"
     R"("diagnostics":{"type":"array","items":{"$ref":"#/components/schemas/Diagnostic"}}}})"},
    {"Empty", R"({"type":"object","additionalProperties":false})"},
    {"Session", R"({"type":"object","additionalProperties":false,)"
                R"("required":["name","role","csrf","must_change","totp",)"
                R"("idle_seconds","longest_seconds"],"properties":{"name":{"type":"string"},)"
                R"("role":{"enum":["viewer","analyst","operator"]},"csrf":{"type":"string"},)"
                R"("must_change":{"type":"boolean"},"totp":{"type":"boolean"},)"
                R"("provider":{"type":"string"},"idle_seconds":{"type":"number"},)"
                R"("longest_seconds":{"type":"number"}}})"},
    {"SignInProvider", R"({"type":"object","additionalProperties":false,"required":["provider"],)"
                       R"("properties":{"provider":{"type":["string","null"]}}})"},
    {"SignInAddress", R"({"type":"object","additionalProperties":false,"required":["url"],)"
                      R"("properties":{"url":{"type":"string"}}})"},
    {"SignInAnswer", R"({"type":"object","additionalProperties":false,)"
                     R"("required":["code","state"],"properties":{"code":{"type":"string"},)"
                     R"("state":{"type":"string"},"iss":{"type":"string"}}})"},
    {"SignedOut", R"({"type":"object","additionalProperties":false,)"
                  R"("properties":{"provider_sign_out":{"type":"string"}}})"},
    {"EndedSessions", R"({"type":"object","additionalProperties":false,"required":["ended"],)"
                      R"("properties":{"ended":{"type":"number"}}})"},
    {"SessionOfSomebody",
     R"({"type":"object","additionalProperties":false,"required":["name","begun","used"],)"
     R"("properties":{"name":{"type":"string"},"role":{"enum":["viewer","analyst","operator"]},)"
     R"("provider":{"type":"string"},"begun":{"type":"string"},"used":{"type":"string"}}})"},
    {"SignIn", R"({"type":"object","required":["name","password"],)"
               R"("properties":{"name":{"type":"string"},"password":{"type":"string"},)"
               R"("code":{"type":"string"}}})"},
    {"NewPassword", R"({"type":"object","required":["password","new"],)"
                    R"("properties":{"password":{"type":"string"},"new":{"type":"string"}}})"},
    {"Account", R"({"type":"object","required":["name","role","made","must_change","totp"],)"
                R"("properties":{"name":{"type":"string"},"role":{"type":"string"},)"
                R"("made":{"type":"string"},"signed_in":{"type":"string"},)"
                R"("must_change":{"type":"boolean"},"totp":{"type":"boolean"}}})"},
    {"Token", R"({"type":"object","required":["name","role","made"],)"
              R"("properties":{"name":{"type":"string"},"role":{"type":"string"},)"
              R"("made":{"type":"string"}}})"},
    {"Accounts", R"({"type":"object","additionalProperties":false,)"
                 R"("required":["accounts","tokens","sessions"],)"
                 R"("properties":{"accounts":{"type":"array",)"
                 R"("items":{"$ref":"#/components/schemas/Account"}},"tokens":{"type":"array",)"
                 R"("items":{"$ref":"#/components/schemas/Token"}},"sessions":{"type":"array",)"
                 R"("items":{"$ref":"#/components/schemas/SessionOfSomebody"}}}})"},
    {"Given",
     R"({"type":"object","required":["name","role"],"properties":{"name":{"type":"string"},)"
     R"("role":{"type":"string"},"password":{"type":"string"},"token":{"type":"string"},)"
     R"("uri":{"type":"string"}}})"},
    {"Status",
     R"({"type":"object","required":["process","started","state","workers","proxy","admin",)"
     R"("traffic","events","snapshot","last_reload","feeds","proxy_tls","alerts",)"
     R"("alert_receivers","loaded"],"properties":{"process":{"type":"number"},"started":{)"
     R"("type":"string"},"state":{"type":"string"},"workers":{"type":"number"},"proxy":{)"
     R"("type":"array","items":{"type":"string"}},"admin":{"type":"array","items":{)"
     R"("type":"string"}},"traffic":{"type":"object","additionalProperties":false,"required":[)"
     R"("connections_open","connections","connections_refused","exchanges","exchanges_blocked",)"
     R"("exchanges_failed","tunnels_open"],"properties":{"connections_open":{"type":"number"},)"
     R"("connections":{"type":"number"},"connections_refused":{"type":"number"},"exchanges":{)"
     R"("type":"number"},"exchanges_blocked":{"type":"number"},"exchanges_failed":{)"
     R"("type":"number"},"tunnels_open":{"type":"number"}}},"events":{"type":"object",)"
     R"("additionalProperties":false,"required":["recorded","dropped","journaled",)"
     R"("store_bytes","waiting","store_ok","store_error","log_errors"],"properties":{)"
     R"("recorded":{"type":"number"},"dropped":{"type":"number"},"journaled":{"type":"number"},)"
     R"("store_bytes":{"type":"number"},"waiting":{"type":"number"},"store_ok":{)"
     R"("type":"boolean"},"store_error":{"type":"string"},"log_errors":{"type":"array",)"
     R"("items":{"type":"string"}}}},"snapshot":{"type":"string"},"last_reload":{)"
     R"("$ref":"#/components/schemas/Reload"},"feeds":{"type":"array","items":{)"
     R"("$ref":"#/components/schemas/Feed"}},"proxy_tls":{"type":"array","items":{)"
     R"("type":"string"}},"alerts":{"type":"object","additionalProperties":false,"required":[)"
     R"("raised_today","suppressed_today","lost","waiting","learning","store_ok",)"
     R"("store_error"],"properties":{"raised_today":{"type":"number"},"suppressed_today":{)"
     R"("type":"number"},"lost":{"type":"number"},"waiting":{"type":"number"},"learning":{)"
     R"("type":"boolean"},"store_ok":{"type":"boolean"},"store_error":{"type":"string"}}},)"
     R"("alert_receivers":{"type":"array","items":{"$ref":"#/components/schemas/Receiver"}},)"
     R"("governance":{"type":"object","additionalProperties":false,"required":["entries",)"
     R"("head"],"properties":{"entries":{"type":"number"},"head":{"type":"string"}}},"loaded":{)"
     R"("type":"string"}}})"},
    {"Reload",
     R"({"type":"object","required":["at","snapshot","rebuilt","faulty","unsettled",)"
     R"("need_restart","said"],"properties":{"at":{"type":"string"},"snapshot":{)"
     R"("type":"string"},"rebuilt":{"type":"array","items":{"type":"string"}},"faulty":{)"
     R"("type":"array","items":{"type":"string"}},"unsettled":{"type":"array","items":{)"
     R"("type":"string"}},"need_restart":{"type":"array","items":{"type":"string"}},"said":{)"
     R"("type":"string"}}})"},
    {"Feed",
     R"({"type":"object","required":["name","path","format","usable","trouble","bytes",)"
     R"("addresses","hosts","stale","bad_lines","ignored","expired","as_of","age_seconds",)"
     R"("max_age_seconds"],"properties":{"name":{"type":"string"},"path":{"type":"string"},)"
     R"("format":{"type":"string"},"usable":{"type":"boolean"},"trouble":{"type":"string"},)"
     R"("bytes":{"type":"number"},"addresses":{"type":"number"},"hosts":{"type":"number"},)"
     R"("stale":{"type":"boolean"},"bad_lines":{"type":"number"},"ignored":{"type":"number"},)"
     R"("expired":{"type":"number"},"as_of":{"type":["string","null"]},"age_seconds":{"type":[)"
     R"("number","null"]},"max_age_seconds":{"type":"number"}}})"},
    {"App",
     R"({"type":"object","required":["id","name","vendor","category","tags","domains",)"
     R"("by_hand"],"properties":{"id":{"type":"string"},"name":{"type":"string"},"vendor":{)"
     R"("type":"string"},"category":{"type":"string"},"tags":{"type":"array","items":{)"
     R"("type":"string"}},"domains":{"type":"array","items":{"type":"string"}},"by_hand":{)"
     R"("type":"array","items":{"type":"object","additionalProperties":false,"required":["tag",)"
     R"("edit","who","at","in_force"],"properties":{"tag":{"type":"string"},"edit":{"enum":[)"
     R"("add","remove"]},"who":{"type":"string"},"at":{"type":"string"},"in_force":{)"
     R"("type":"boolean"}}}},)"
     R"("ranges":{"type":"array","items":{"type":"string"}},"imported":{"type":"object","add)"
     R"(itionalProperties":false,"required":["name","license","origin","who","date"],"proper)"
     R"(ties":{"name":{"type":"string"},"license":{"type":"string"},"origin":{"type":"string)"
     R"("},"who":{"type":"string"},"date":{"type":"string"}}},)"
     R"("risk":{"$ref":"#/components/schemas/Risk"}}})"},
    {"RiskFactor",
     R"({"type":"object","required":["factor","group","weight","values","source","date","note"],)"
     R"("properties":{"factor":{"type":"string"},"group":{"type":"string"},)"
     R"("weight":{"type":"string"},"points":{"type":"number"},)"
     R"("values":{"type":"array","items":{"type":"string"}},"source":{"type":"string"},)"
     R"("date":{"type":"string"},"note":{"type":"string"}}})"},
    {"Risk",
     R"({"type":"object","required":["known","groups","factors"],"properties":{)"
     R"("risk_score":{"type":"number"},"points":{"type":"number"},)"
     R"("known":{"type":"number"},"stated_score":{"type":"number"},"stated_by":{"enum":["import","operator"]},)"
     R"("note":{"type":"string"},"groups":{"type":"array","items":{"type":"object",)"
     R"("required":["group","weight","known"],"properties":{"group":{"type":"string"},)"
     R"("weight":{"type":"string"},"points":{"type":"number"},)"
     R"("known":{"type":"number"}}}},"factors":{"type":"array",)"
     R"("items":{"$ref":"#/components/schemas/RiskFactor"}}}})"},
    {"AppPage",
     R"({"type":"object","additionalProperties":false,"required":["id","name","vendor",)"
     R"("category","tags","domains","by_hand","risk"],"properties":{"id":{"type":"string"},)"
     R"("name":{"type":"string"},"vendor":{"type":"string"},"category":{"type":"string"},)"
     R"("tags":{"type":"array","items":{"type":"string"}},"domains":{"type":"array","items":{)"
     R"("type":"string"}},"by_hand":{"type":"array","items":{"type":"object",)"
     R"("additionalProperties":false,"required":["tag","edit","who","at","in_force"],)"
     R"("properties":{"tag":{"type":"string"},"edit":{"enum":["add","remove"]},"who":{)"
     R"("type":"string"},"at":{"type":"string"},"in_force":{"type":"boolean"}}}},)"
     R"("ranges":{"type":"array","items":{"type":"string"}},"imported":{"type":"object","add)"
     R"(itionalProperties":false,"required":["name","license","origin","who","date"],"proper)"
     R"(ties":{"name":{"type":"string"},"license":{"type":"string"},"origin":{"type":"string)"
     R"("},"who":{"type":"string"},"date":{"type":"string"}}},)"
     R"("risk":{)"
     R"("$ref":"#/components/schemas/Risk"}}})"},
    {"Range", R"({"type":"object","required":["name","cidrs","tags","line"],"properties":{)"
              R"("name":{"type":"string"},"cidrs":{"type":"array","items":{"type":"string"}},)"
              R"("category":{"type":"string"},"tags":{"type":"array",)"
              R"("items":{"type":"string"}},"isp":{"type":"string"},)"
              R"("country":{"type":"string"},"latitude":{"type":"number"},)"
              R"("longitude":{"type":"number"},"line":{"type":"number"}}})"},
    {"Ranges", R"({"type":"object","required":["file","ranges","total","feeds"],"properties":{)"
               R"("file":{"type":"string"},"ranges":{"type":"array",)"
               R"("items":{"$ref":"#/components/schemas/Range"}},"total":{"type":"number"},)"
               R"("feeds":{"type":"array","items":{"type":"object","required":["name",)"
               R"("category","tags","line"],"properties":{"name":{"type":"string"},)"
               R"("category":{"type":"string"},"tags":{"type":"array",)"
               R"("items":{"type":"string"}},"line":{"type":"number"}}}}}})"},
    {"Durations", R"({"type":"object","required":["measured"],"properties":{)"
                  R"("measured":{"type":"number"},"p50_us":{"type":"number"},)"
                  R"("p95_us":{"type":"number"},"p99_us":{"type":"number"}}})"},
    {"Latency", R"({"type":"object","required":["own","origin","minutes"],"properties":{)"
                R"("own":{"$ref":"#/components/schemas/Durations"},)"
                R"("origin":{"$ref":"#/components/schemas/Durations"},)"
                R"("minutes":{"type":"array","items":{"type":"object","required":["minute",)"
                R"("own","origin"],"properties":{"minute":{"type":"string"},)"
                R"("own":{"$ref":"#/components/schemas/Durations"},)"
                R"("origin":{"$ref":"#/components/schemas/Durations"}}}}}})"},
    {"LedgerRow", R"({"type":"object","required":["host","reason","count","first","last"],)"
                  R"("properties":{"host":{"type":"string"},"reason":{"type":"string"},)"
                  R"("count":{"type":"number"},"first":{"type":"string"},)"
                  R"("last":{"type":"string"}}})"},
    {"Gateway",
     R"({"type":"object","required":["at","started","workers","traffic","origins","tls",)"
     R"("refused","memory","reloads","latency","certificate_faults","bypassed","pinned",)"
     R"("authority"],)"
     R"("properties":{"at":{"type":"string"},"started":{"type":"string"},)"
     R"("workers":{"type":"array"},"traffic":{"type":"object"},"origins":{"type":"object"},)"
     R"("tls":{"type":"object"},"refused":{"type":"object"},"memory":{"type":"object"},)"
     R"("reloads":{"type":"object"},"latency":{"$ref":"#/components/schemas/Latency"},)"
     R"("certificate_faults":{"type":"array","items":{"$ref":"#/components/schemas/LedgerRow"}},)"
     R"("bypassed":{"type":"array","items":{"$ref":"#/components/schemas/LedgerRow"}},)"
     R"("pinned":{"type":"array","items":{"type":"object","required":["host","failures",)"
     R"("clients","first","last"],"properties":{"host":{"type":"string"},)"
     R"("failures":{"type":"number"},"clients":{"type":"number"},"first":{"type":"string"},)"
     R"("last":{"type":"string"}}}},)"
     R"("authority":{"type":"object"}}})"},
    {"OpenApi", R"({"type":"object","required":["openapi","info","paths","components","security"],)"
                R"("properties":{"openapi":{"type":"string"},"info":{"type":"object"},"paths":{)"
                R"("type":"object"},"components":{"type":"object"},"security":{"type":"array"}}})"},
    {"PolicySchema", R"({"type":"object","required":["$schema"],"properties":{)"
                     R"("$schema":{"type":"string"}}})"},
    {"PolicyFileInfo",
     R"({"type":"object","required":["file","etag","bytes","policies"],)"
     R"("properties":{"file":{"type":"string"},"etag":{"type":"string"},)"
     R"("bytes":{"type":"number"},"policies":{"type":"number"},"tests":{"type":"string"}}})"},
    {"Policy",
     R"({"type":"object","required":["order","id","name","kind","mode","severity",)"
     R"("category","file","line"],"properties":{"order":{"type":"number"},)"
     R"("id":{"type":"string"},"name":{"type":"string"},"kind":{"type":"string"},)"
     R"("mode":{"type":"string"},"severity":{"type":"string"},"category":{"type":"string"},)"
     R"("file":{"type":"string"},"line":{"type":"number"},"then":{"type":"string"},)"
     R"("owner":{"type":"string"},"starts":{"type":"string"},"expires":{"type":"string"}}})"},
    {"Policies",
     R"({"type":"object","required":["files","policies"],)"
     R"("properties":{"files":{"type":"array",)"
     R"("items":{"$ref":"#/components/schemas/PolicyFileInfo"}},"policies":{"type":"array",)"
     R"("items":{"$ref":"#/components/schemas/Policy"}}}})"},
    {"PolicyMatches", R"({"type":"object","required":["since","until","policies"],)"
                      R"("properties":{"since":{"type":"string"},"until":{"type":"string"},)"
                      R"("policies":{"type":"array"}}})"},
    {"PolicyFile", R"({"type":"object","required":["file","etag","text"],)"
                   R"("properties":{"file":{"type":"string"},"etag":{"type":"string"},)"
                   R"("text":{"type":"string"}}})"},
    {"Diagnostic",
     R"({"type":"object","required":["file","line","column","length","severity","message",)"
     R"("hint"],"properties":{"file":{"type":"string"},"line":{"type":"number"},)"
     R"("column":{"type":"number"},"length":{"type":"number"},"severity":{"type":"string"},)"
     R"("message":{"type":"string"},"hint":{"type":"string"}}})"},
    {"PolicySaved",
     R"({"type":"object","required":["file","etag","valid","saved","diagnostics"],)"
     R"("properties":{"file":{"type":"string"},"etag":{"type":"string"},)"
     R"("valid":{"type":"boolean"},"saved":{"type":"boolean"},"diagnostics":{"type":"array",)"
     R"("items":{"$ref":"#/components/schemas/Diagnostic"}},"snapshot":{"type":"string"},)"
     R"("in_force":{"type":"boolean"},"commit":{"type":["string","null"]},)"
     R"("no_commit":{"type":"string"}}})"},
    {"PolicyChange", R"({"type":"object","required":["commit","time","author","subject"],)"
                     R"("properties":{"commit":{"type":"string"},"time":{"type":"string"},)"
                     R"("author":{"type":"string"},"subject":{"type":"string"}}})"},
    {"PolicyHistory", R"({"type":"object","required":["file","history","next"],"properties":{)"
                      R"("file":{"type":"string"},"history":{"type":["array","null"],)"
                      R"("items":{"$ref":"#/components/schemas/PolicyChange"}},)"
                      R"("reason":{"type":"string"},"next":{"type":["string","null"]}}})"},
    {"PolicyCommit", R"({"type":"object","required":["file","commit","time","author","subject",)"
                     R"("message","text","diff"],"properties":{"file":{"type":"string"},)"
                     R"("commit":{"type":"string"},"time":{"type":"string"},)"
                     R"("author":{"type":"string"},"subject":{"type":"string"},)"
                     R"("message":{"type":"string"},"text":{"type":["string","null"]},)"
                     R"("diff":{"type":"string"}}})"},
    {"ReplayAsked", R"({"type":"object","required":["text"],"properties":{)"
                    R"("text":{"type":"string"},"since":{"type":"string"},)"
                    R"("until":{"type":"string"},"against":{"enum":["in_force","recorded"]}}})"},
    {"ReplayBegun", R"({"type":"object","required":["id","since","until","against",)"
                    R"("diagnostics"],"properties":{"id":{"type":"string"},)"
                    R"("since":{"type":"string"},"until":{"type":"string"},)"
                    R"("against":{"type":"string"},"diagnostics":{"type":"array",)"
                    R"("items":{"$ref":"#/components/schemas/Diagnostic"}}}})"},
    {"Replay", R"({"type":"object","required":["state","done","of"],"properties":{)"
               R"("state":{"enum":["running","done","failed"]},"done":{"type":"number"},)"
               R"("of":{"type":"number"},"failure":{"type":"string"},)"
               R"("result":{"$ref":"#/components/schemas/ReplayResult"}}})"},
    {"ReplayCount", R"({"type":"object","required":["count"],"properties":{)"
                    R"("name":{"type":"string"},"count":{"type":"number"}}})"},
    {"ReplayTop",
     R"({"type":"object","required":["users","apps"],"properties":{)"
     R"("users":{"type":"array","items":{"$ref":"#/components/schemas/ReplayCount"}},)"
     R"("apps":{"type":"array","items":{"$ref":"#/components/schemas/ReplayCount"}}}})"},
    {"ReplayExample",
     R"({"type":"object","required":["id","time","client","then","now"],"properties":{)"
     R"("id":{"type":"string"},"time":{"type":"string"},"user":{"type":"string"},)"
     R"("client":{"type":"string"},"app":{"type":"string"},"host":{"type":"string"},)"
     R"("method":{"type":"string"},"path":{"type":"string"},"then":{"type":"string"},)"
     R"("policy_then":{"type":"string"},"now":{"type":"string"},)"
     R"("policy_now":{"type":"string"}}})"},
    {"ReplayTransition", R"({"type":"object","required":["then","now","count"],"properties":{)"
                         R"("then":{"type":"string"},"policy_then":{"type":"string"},)"
                         R"("now":{"type":"string"},"policy_now":{"type":"string"},)"
                         R"("count":{"type":"number"}}})"},
    {"ReplayPolicy",
     R"({"type":"object","required":["order","id","name","kind","mode","matched","decided",)"
     R"("reported","rehearsed","alerts","newly_blocked","not_kept","not_seen"],"properties":{)"
     R"("order":{"type":"number"},"id":{"type":"string"},"name":{"type":"string"},)"
     R"("kind":{"type":"string"},"mode":{"type":"string"},"matched":{"type":"number"},)"
     R"("decided":{"type":"number"},"reported":{"type":"number"},"rehearsed":{"type":"number"},)"
     R"("alerts":{"type":"number"},"newly_blocked":{"type":"number"},)"
     R"("not_kept":{"type":"number"},"not_seen":{"type":"number"}}})"},
    {"ReplayResult",
     R"({"type":"object","required":["since","until","events","changes","effects","policies",)"
     R"("apps_by_day","changed","transitions","touched","newly_blocked","examples"],)"
     R"("properties":{"since":{"type":"string"},"until":{"type":"string"},)"
     R"("events":{"type":"object","additionalProperties":{"type":"number"}},)"
     R"("changes":{"type":"object","additionalProperties":{"type":"number"}},)"
     R"("effects":{"type":"array","items":{"$ref":"#/components/schemas/ReplayTransition"}},)"
     R"("policies":{"type":"array","items":{"$ref":"#/components/schemas/ReplayPolicy"}},)"
     R"("apps_by_day":{"type":"object","required":["all","left_out","newest"],"properties":{)"
     R"("all":{"type":"number"},"left_out":{"type":"number"},"newest":{"type":"array"}}},)"
     R"("changed":{"type":"number"},"transitions":{"type":"array",)"
     R"("items":{"$ref":"#/components/schemas/ReplayTransition"}},)"
     R"("touched":{"$ref":"#/components/schemas/ReplayTop"},)"
     R"("newly_blocked":{"$ref":"#/components/schemas/ReplayTop"},)"
     R"("repeats_left_out":{"type":"number"},"examples":{"type":"object",)"
     R"("additionalProperties":{"type":"array",)"
     R"("items":{"$ref":"#/components/schemas/ReplayExample"}}}}})"},
    {"Activity",
     R"({"type":"object","required":["id","time","kind","client","action","bytes_in",)"
     R"("bytes_out","ending","duration_us"],"properties":{"id":{"type":"string"},"time":{)"
     R"("type":"string"},"kind":{"type":"string"},"client":{"type":"string"},"action":{)"
     R"("type":"string"},"bytes_in":{"type":"number"},"bytes_out":{"type":"number"},"ending":{)"
     R"("type":"string"},"duration_us":{"type":"number"},"user":{"type":"string"},"app":{)"
     R"("type":"string"},"app_name":{"type":"string"},"host":{"type":"string"},"method":{)"
     R"("type":"string"},"path":{"type":"string"},"type":{"type":"string"},"policy":{)"
     R"("type":"string"},"status":{"type":"number"}}})"},
    {"Activities",
     R"({"type":"object","required":["activities","next"],)"
     R"("properties":{"activities":{"type":"array",)"
     R"("items":{"$ref":"#/components/schemas/Activity"}},"next":{"type":["string","null"]},)"
     R"("searched_to":{"type":"string"}}})"},
    {"File",
     R"({"type":"object","required":["last_seen","uploads","downloads","stopped"],)"
     R"("properties":{"last_seen":{"type":"string"},"app":{"type":"string"},"name":{)"
     R"("type":"string"},"type":{"type":"string"},"sharing":{"type":"string"},"uploads":{)"
     R"("type":"number"},"downloads":{"type":"number"},"stopped":{"type":"number"},"app_name":{)"
     R"("type":"string"},"last_action":{"type":"string"},"last_user":{"type":"string"},)"
     R"("owner":{"type":"string"},"sha256":{"type":"string"},"instance":{"type":"string"},)"
     R"("id":{"type":"string"},"path":{"type":"string"},"parent":{"type":"string"},"family":{)"
     R"("type":"string"},"scan_status":{"type":"string"},"instance_kind":{"type":"string"},)"
     R"("first_seen":{"type":"string"},"changed":{"type":"string"},"deleted":{"type":"string"},)"
     R"("shared_with":{"type":"array","items":{"type":"string"}},"name_tags":{"type":"array",)"
     R"("items":{"type":"string"}},"shared_users":{"type":"array","items":{"type":"string"}},)"
     R"("shared_groups":{"type":"array","items":{"type":"string"}},"policies":{"type":"array",)"
     R"("items":{"type":"string"}},"size":{"type":"number"}}})"},
    {"Files",
     R"({"type":"object","required":["files","total","left_out","read_from","more"],)"
     R"("properties":{"files":{"type":"array","items":{"$ref":"#/components/schemas/File"}},)"
     R"("total":{"type":"number"},"left_out":{"type":"number"},)"
     R"("read_from":{"type":"string"},"more":{"type":"boolean"}}})"},
    {"Consent",
     R"({"type":"object","required":["last_seen","first_seen","users","requests","stopped",)"
     R"("common"],"properties":{"last_seen":{"type":"string"},"first_seen":{"type":"string"},)"
     R"("app":{"type":"string"},"client":{"type":"string"},"name":{"type":"string"},"level":{)"
     R"("type":"string"},"users":{"type":"number"},"requests":{"type":"number"},"stopped":{)"
     R"("type":"number"},"publisher":{"type":"array","items":{"type":"string"}},"scopes":{)"
     R"("type":"array","items":{"type":"string"}},"common":{"type":"string"},)"
     R"("unchecked_scopes":{"type":"array","items":{"type":"string"}},"user_names":{)"
     R"("type":"array","items":{"type":"string"}},"admin":{"type":"string"},"last_user":{)"
     R"("type":"string"}}})"},
    {"Consents",
     R"({"type":"object","required":["consents","total","left_out","users_seen"],"properties":{)"
     R"("consents":{"type":"array","items":{"$ref":"#/components/schemas/Consent"}},"total":{)"
     R"("type":"number"},"left_out":{"type":"number"},"users_seen":{"type":"number"}}})"},
    {"ExplainedPolicy",
     R"({"type":"object","required":["order","id","name","kind","mode","role","looks"],)"
     R"("properties":{"order":{"type":"number"},"id":{"type":"string"},"name":{)"
     R"("type":"string"},"kind":{"type":"string"},"mode":{"type":"string"},"then":{)"
     R"("type":"string"},"role":{"type":"string"},"reason":{"type":"string"},"looks":{)"
     R"("type":"array","items":{"type":"object"}},"at":{"type":"object",)"
     R"("additionalProperties":false,"required":["file","line","column"],"properties":{"file":{)"
     R"("type":"string"},"line":{"type":"number"},"column":{"type":"number"}}}}})"},
    {"Fact", R"({"type":"object","required":["attribute","value","asked"],"properties":{)"
             R"("attribute":{"type":"string"},"value":{"type":["string","number","array"]},)"
             R"("source":{"type":"string"},"asked":{"type":"boolean"}}})"},
    {"Explanation",
     R"({"type":"object","required":["answer","facts","questions","not_known",)"
     R"("app_discovery_policies"],"properties":{"answer":{"type":"object","required":["action",)"
     R"("point","final","granted","rehearsed","text"],"properties":{"action":{"type":"string"},)"
     R"("point":{"type":"string"},"final":{"type":"boolean"},"policy":{"type":"string"},)"
     R"("policy_id":{"type":"string"},"granted":{"type":"array","items":{"type":"object",)"
     R"("additionalProperties":false,"required":["policy","policy_id","grant"],"properties":{)"
     R"("policy":{"type":"string"},"policy_id":{"type":"string"},"grant":{"type":"string"}}}},)"
     R"("rehearsed":{"type":"array","items":{"type":"object","additionalProperties":false,)"
     R"("required":["policy","policy_id","action"],"properties":{"policy":{"type":"string"},)"
     R"("policy_id":{"type":"string"},"action":{"type":"string"}}}},"text":{"type":"string"},)"
     R"("say":{"type":"string"},"redirect":{"type":"string"},"replacement":{"type":"string"},)"
     R"("for":{"type":"string"},"per":{"type":"string"},"quarantine":{"type":"boolean"},)"
     R"("suspension":{"type":"object","additionalProperties":false,"required":["id","user",)"
     R"("reach"],"properties":{"id":{"type":"string"},"user":{"type":"string"},"reach":{)"
     R"("type":"string"},"app":{"type":"string"},"asks":{"type":"string"},"from":{)"
     R"("type":"string"},"until":{"type":"string"}}}}},"facts":{"type":"array","items":{)"
     R"("$ref":"#/components/schemas/Fact"}},"questions":{"type":"array","items":{)"
     R"("type":"object","required":["question","answers","policies"],"properties":{"question":{)"
     R"("type":"string"},"not_asked":{"type":"string"},"answers":{"type":"array"},"policies":{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ExplainedPolicy"}}}}},"policies":{)"
     R"("enum":["then","now"]},"warning":{"type":"string"},"event":{"type":"object",)"
     R"("additionalProperties":false,"required":["id","kind","time","ending","snapshot"],)"
     R"("properties":{"id":{"type":"string"},"kind":{"type":"string"},"time":{"type":"string"},)"
     R"("ending":{"type":"string"},"snapshot":{"type":"string"},"first_seen":{"type":"string"},)"
     R"("uncommon":{"type":"string"}}},"recorded":{"type":"object",)"
     R"("additionalProperties":false,"required":["action","policy","policy_id","point",)"
     R"("reported"],"properties":{"action":{"type":"string"},"policy":{"type":"string"},)"
     R"("policy_id":{"type":"string"},"point":{"type":"string"},"reported":{"type":"array",)"
     R"("items":{"type":"string"}}}},"same":{"type":"boolean"},"difference":{"type":"string"},)"
     R"("not_known":{"type":"array","items":{"type":"string"}},"app_discovery_policies":{)"
     R"("type":"number"}}})"},
    {"Unread", R"({"type":"object","required":["unread","newest"],"properties":{)"
               R"("unread":{"type":"number"},"newest":{"type":["string","null"]}}})"},
    {"AlertDay", R"({"type":"object","required":["policy_id","day","raised","suppressed"],)"
                 R"("properties":{"policy_id":{"type":"string"},"day":{"type":"string"},)"
                 R"("raised":{"type":"number"},"suppressed":{"type":"number"}}})"},
    {"Receiver",
     R"({"type":"object","required":["name","type","to","waiting","aside","delivered",)"
     R"("failures"],"properties":{"name":{"type":"string"},"type":{"type":"string"},"to":{)"
     R"("type":"string"},"waiting":{"type":"number"},"aside":{"type":"number"},"delivered":{)"
     R"("type":"number"},"failures":{"type":"number"},"oldest":{"type":"string"},)"
     R"("last_success":{"type":"string"},"error":{"type":"string"},"error_at":{)"
     R"("type":"string"},"next_try":{"type":"string"}}})"},
    {"Delivery", R"({"type":"object","properties":{"outcome":{"type":"string"},)"
                 R"("answer":{"type":"string"},"again":{"type":"number"}}})"},
    {"Grant", R"({"type":"object","required":["id","policy","action","from","until"],)"
              R"("properties":{"id":{"type":"string"},"policy":{"type":"string"},)"
              R"("action":{"type":"string"},"user":{"type":"string"},"app":{"type":"string"},)"
              R"("site":{"type":"string"},"address":{"type":"string"},)"
              R"("from":{"type":"string"},"until":{"type":"string"},"who":{"type":"string"},)"
              R"("reason":{"type":"string"}}})"},
    {"Suspended", R"({"type":"object","required":["id","user","reach","from"],"properties":{)"
                  R"("id":{"type":"string"},"user":{"type":"string"},"reach":{"type":"string"},)"
                  R"("app":{"type":"string"},"asks":{"enum":["step_up","sign_in_again"]},)"
                  R"("from":{"type":"string"},"until":{"type":"string"},)"
                  R"("who":{"type":"string"},"reason":{"type":"string"}}})"},
    {"Grants", R"({"type":"object","required":["total","grants"],)"
               R"("properties":{"total":{"type":"number"},"grants":{"type":"array",)"
               R"("items":{"$ref":"#/components/schemas/Grant"}}}})"},
    {"Suspensions", R"({"type":"object","required":["suspensions"],)"
                    R"("properties":{"total":{"type":"number"},"suspensions":{"type":"array",)"
                    R"("items":{"$ref":"#/components/schemas/Suspended"}}}})"},
    {"Suspension", R"({"type":"object","required":["suspension","listed"],"properties":{)"
                   R"("suspension":{"$ref":"#/components/schemas/Suspended"},)"
                   R"("listed":{"type":"boolean"}}})"},
    {"WebhookAction", R"({"type":"object","required":["name","to","needs"],)"
                      R"("properties":{"name":{"type":"string"},"description":{"type":"string"},)"
                      R"("to":{"type":"string"},"needs":{"type":"array"}}})"},
    {"WebhookCall",
     R"({"type":"object","required":["id","action","state","at","tries"],"properties":{"id":{)"
     R"("type":"string"},"action":{"type":"string"},"state":{"type":"string"},"at":{)"
     R"("type":"string"},"ended":{"type":"string"},"tries":{"type":"number"},"user":{)"
     R"("type":"string"},"app":{"type":"string"},"alert":{"type":"string"},"reason":{)"
     R"("type":"string"},"by":{"type":"string"},"detail":{"type":"string"}}})"},
    {"WebhookCalls", R"({"type":"object","required":["pending","calls"],"properties":{)"
                     R"("pending":{"type":"number"},"calls":{"type":"array",)"
                     R"("items":{"$ref":"#/components/schemas/WebhookCall"}}}})"},
    {"AddressEntry", R"({"type":"object","required":["address","user"],"properties":{)"
                     R"("address":{"type":"string"},"user":{"type":"string"},)"
                     R"("source":{"type":"string"},"ttl":{"type":"string"},)"
                     R"("expires":{"type":"string"}}})"},
    {"Addresses", R"({"type":"object","required":["entries"],"properties":{)"
                  R"("entries":{"type":"array",)"
                  R"("items":{"$ref":"#/components/schemas/AddressEntry"}}}})"},
    {"AddressMap", R"({"type":"object","required":["total","entries"],"properties":{)"
                   R"("total":{"type":"number"},"entries":{"type":"array",)"
                   R"("items":{"$ref":"#/components/schemas/AddressEntry"}}}})"},
    {"Revealed",
     R"({"type":"object","required":["user","name"],"properties":{"user":{"type":"string"},)"
     R"("name":{"type":"string"}}})"},
    {"Erased",
     R"({"type":"object","required":["activities","mentions","uses","alerts","alert_mentions",)"
     R"("state","governance","reads","copies","scrubbed"],"properties":{)"
     R"("activities":{"type":"number"},"mentions":{"type":"number"},"uses":{"type":"number"},)"
     R"("alerts":{"type":"number"},"alert_mentions":{"type":"number"},)"
     R"("state":{"type":"number"},"governance":{"type":"number"},"reads":{"type":"number"},)"
     R"("copies":{"type":"number"},"scrubbed":{"type":"boolean"}}})"},
};

}  // namespace

std::span<const admin::NamedSchema> api_schemas() {
  static const std::vector<admin::NamedSchema> kAll = [] {
    std::vector<admin::NamedSchema> all(std::begin(kSchemas), std::end(kSchemas));
    for (const auto some : {api_event_schemas(), api_person_schemas(), api_report_schemas()}) {
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }();
  return kAll;
}

}  // namespace sallyport::app
