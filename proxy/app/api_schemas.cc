#include "proxy/app/api_schemas.h"

namespace sallyport::app {

namespace {

constexpr admin::NamedSchema kSchemas[] = {
    {"Problem",
     R"({"type":"object","required":["type","title","status","detail"],)"
     R"("properties":{"type":{"type":"string"},"title":{"type":"string"},)"
     R"("status":{"type":"number"},"detail":{"type":"string"},"needs":{"type":"string"},)"
     R"("diagnostics":{"type":"array","items":{"$ref":"#/components/schemas/Diagnostic"}}}})"},
    {"Empty", R"({"type":"object"})"},
    {"Session",
     R"({"type":"object","required":["name","role","csrf","must_change","totp",)"
     R"("idle_seconds","longest_seconds"],"properties":{"name":{"type":"string"},)"
     R"("role":{"type":"string"},"csrf":{"type":"string"},"must_change":{"type":"boolean"},)"
     R"("totp":{"type":"boolean"},"idle_seconds":{"type":"number"},)"
     R"("longest_seconds":{"type":"number"}}})"},
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
    {"Accounts", R"({"type":"object","required":["accounts","tokens"],)"
                 R"("properties":{"accounts":{"type":"array",)"
                 R"("items":{"$ref":"#/components/schemas/Account"}},"tokens":{"type":"array",)"
                 R"("items":{"$ref":"#/components/schemas/Token"}}}})"},
    {"Given",
     R"({"type":"object","required":["name","role"],"properties":{"name":{"type":"string"},)"
     R"("role":{"type":"string"},"password":{"type":"string"},"token":{"type":"string"},)"
     R"("uri":{"type":"string"}}})"},
    {"Status",
     R"({"type":"object","required":["process","started","state","workers","proxy","admin",)"
     R"("traffic","events","snapshot","last_reload","feeds"],)"
     R"("properties":{"process":{"type":"number"},"started":{"type":"string"},)"
     R"("state":{"type":"string"},"workers":{"type":"number"},"proxy":{"type":"array"},)"
     R"("admin":{"type":"array"},"traffic":{"type":"object"},"events":{"type":"object"},)"
     R"("snapshot":{"type":"string"},"last_reload":{"$ref":"#/components/schemas/Reload"},)"
     R"("feeds":{"type":"array","items":{"$ref":"#/components/schemas/Feed"}}}})"},
    {"Reload",
     R"({"type":"object","required":["at","snapshot","rebuilt","faulty","unsettled",)"
     R"("need_restart","said"],"properties":{"at":{"type":"string"},)"
     R"("snapshot":{"type":"string"},"rebuilt":{"type":"array"},"faulty":{"type":"array"},)"
     R"("unsettled":{"type":"array"},"need_restart":{"type":"array"},)"
     R"("said":{"type":"string"}}})"},
    {"Feed",
     R"({"type":"object","required":["name","path","format","usable","trouble","bytes",)"
     R"("addresses","hosts","stale"],"properties":{"name":{"type":"string"},)"
     R"("path":{"type":"string"},"format":{"type":"string"},"usable":{"type":"boolean"},)"
     R"("trouble":{"type":"string"},"bytes":{"type":"number"},"addresses":{"type":"number"},)"
     R"("hosts":{"type":"number"},"stale":{"type":"boolean"}}})"},
    {"App", R"({"type":"object","required":["id","name","vendor","category","tags","domains",)"
            R"("by_hand"],"properties":{"id":{"type":"string"},"name":{"type":"string"},)"
            R"("vendor":{"type":"string"},"category":{"type":"string"},"tags":{"type":"array"},)"
            R"("domains":{"type":"array"},"by_hand":{"type":"array"}}})"},
    {"Report", R"({"type":"object"})"},
    {"Gateway",
     R"({"type":"object","required":["at","started","workers","traffic","origins","tls",)"
     R"("refused","memory","reloads","pinned","authority"],)"
     R"("properties":{"at":{"type":"string"},"started":{"type":"string"},)"
     R"("workers":{"type":"array"},"traffic":{"type":"object"},"origins":{"type":"object"},)"
     R"("tls":{"type":"object"},"refused":{"type":"object"},"memory":{"type":"object"},)"
     R"("reloads":{"type":"object"},"pinned":{"type":"array"},)"
     R"("authority":{"type":"object"}}})"},
    {"OpenApi", R"({"type":"object","required":["openapi","info","paths","components"],)"
                R"("properties":{"openapi":{"type":"string"},"info":{"type":"object"},)"
                R"("paths":{"type":"object"},"components":{"type":"object"}}})"},
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
     R"("in_force":{"type":"boolean"}}})"},
    {"Activity",
     R"({"type":"object","required":["id","time","kind","client","action","bytes_in",)"
     R"("bytes_out","ending","duration_us"],"properties":{"id":{"type":"string"},)"
     R"("time":{"type":"string"},"kind":{"type":"string"},"client":{"type":"string"},)"
     R"("action":{"type":"string"},"bytes_in":{"type":"number"},)"
     R"("bytes_out":{"type":"number"},"ending":{"type":"string"},)"
     R"("duration_us":{"type":"number"},"user":{"type":"string"},"app":{"type":"string"},)"
     R"("app_name":{"type":"string"},"host":{"type":"string"},"method":{"type":"string"},)"
     R"("path":{"type":"string"},"type":{"type":"string"},"policy":{"type":"string"},)"
     R"("status":{"type":"number"}}})"},
    {"Activities",
     R"({"type":"object","required":["activities","next"],)"
     R"("properties":{"activities":{"type":"array",)"
     R"("items":{"$ref":"#/components/schemas/Activity"}},"next":{"type":["string","null"]},)"
     R"("searched_to":{"type":"string"}}})"},
    {"Event", R"({"type":"object","required":["id","kind","time","client","action","ending"],)"
              R"("properties":{"id":{"type":"string"},"kind":{"type":"string"},)"
              R"("time":{"type":"string"},"client":{"type":"object"},"action":{"type":"string"},)"
              R"("ending":{"type":"string"}}})"},
    {"File", R"({"type":"object","required":["last_seen","uploads","downloads","stopped"],)"
             R"("properties":{"last_seen":{"type":"string"},"app":{"type":"string"},)"
             R"("name":{"type":"string"},"type":{"type":"string"},"sharing":{"type":"string"},)"
             R"("uploads":{"type":"number"},"downloads":{"type":"number"},)"
             R"("stopped":{"type":"number"}}})"},
    {"Files",
     R"({"type":"object","required":["files","total","left_out","read_from","more"],)"
     R"("properties":{"files":{"type":"array","items":{"$ref":"#/components/schemas/File"}},)"
     R"("total":{"type":"number"},"left_out":{"type":"number"},)"
     R"("read_from":{"type":"string"},"more":{"type":"boolean"}}})"},
    {"Consent",
     R"({"type":"object","required":["last_seen","first_seen","users","requests","stopped"],)"
     R"("properties":{"last_seen":{"type":"string"},"first_seen":{"type":"string"},)"
     R"("app":{"type":"string"},"client":{"type":"string"},"name":{"type":"string"},)"
     R"("level":{"type":"string"},"users":{"type":"number"},"requests":{"type":"number"},)"
     R"("stopped":{"type":"number"}}})"},
    {"Consents", R"({"type":"object","required":["consents","total","left_out"],)"
                 R"("properties":{"consents":{"type":"array",)"
                 R"("items":{"$ref":"#/components/schemas/Consent"}},"total":{"type":"number"},)"
                 R"("left_out":{"type":"number"}}})"},
    {"Explanation", R"({"type":"object"})"},
    {"Alert",
     R"({"type":"object","required":["id","time","policy_id","policy","kind","severity",)"
     R"("category","count","text","read","resolution"],"properties":{"id":{"type":"string"},)"
     R"("time":{"type":"string"},"policy_id":{"type":"string"},"policy":{"type":"string"},)"
     R"("kind":{"type":"string"},"severity":{"type":"string"},"category":{"type":"string"},)"
     R"("count":{"type":"number"},"text":{"type":"string"},"read":{"type":"boolean"},)"
     R"("resolution":{"type":"string"}}})"},
    {"AlertDay", R"({"type":"object","required":["policy_id","day","raised","suppressed"],)"
                 R"("properties":{"policy_id":{"type":"string"},"day":{"type":"string"},)"
                 R"("raised":{"type":"number"},"suppressed":{"type":"number"}}})"},
    {"Receiver", R"({"type":"object","required":["name","type","to","waiting","aside","delivered",)"
                 R"("failures"],"properties":{"name":{"type":"string"},"type":{"type":"string"},)"
                 R"("to":{"type":"string"},"waiting":{"type":"number"},"aside":{"type":"number"},)"
                 R"("delivered":{"type":"number"},"failures":{"type":"number"}}})"},
    {"Delivery", R"({"type":"object"})"},
    {"Grants", R"({"type":"object","required":["total","grants"],)"
               R"("properties":{"total":{"type":"number"},"grants":{"type":"array"}}})"},
    {"Suspensions", R"({"type":"object","required":["suspensions"],)"
                    R"("properties":{"suspensions":{"type":"array"}}})"},
    {"Suspension", R"({"type":"object"})"},
    {"AccessRequests", R"({"type":"object","required":["access_requests"],)"
                       R"("properties":{"access_requests":{"type":"array"}}})"},
    {"Questions", R"({"type":"object","required":["questions"],)"
                  R"("properties":{"questions":{"type":"array"}}})"},
    {"Factors", R"({"type":"object","required":["total","factors"],)"
                R"("properties":{"total":{"type":"number"},"factors":{"type":"array"}}})"},
    {"Done", R"({"type":"object"})"},
    {"PersonExport", R"({"type":"object"})"},
    {"WebhookAction", R"({"type":"object","required":["name","to","needs"],)"
                      R"("properties":{"name":{"type":"string"},"description":{"type":"string"},)"
                      R"("to":{"type":"string"},"needs":{"type":"array"}}})"},
    {"WebhookCall", R"({"type":"object","required":["id","action","state","at","tries"],)"
                    R"("properties":{"id":{"type":"string"},"action":{"type":"string"},)"
                    R"("state":{"type":"string"},"at":{"type":"string"},)"
                    R"("ended":{"type":"string"},"tries":{"type":"number"}}})"},
    {"WebhookCalls", R"({"type":"object","required":["pending","calls"],"properties":{)"
                     R"("pending":{"type":"number"},"calls":{"type":"array",)"
                     R"("items":{"$ref":"#/components/schemas/WebhookCall"}}}})"},
    {"Addresses", R"({"type":"object"})"},
    {"AddressMap", R"({"type":"object"})"},
    {"User",
     R"({"type":"object","required":["user","apps"],"properties":{"user":{"type":"string"},)"
     R"("apps":{"type":"array"}}})"},
    {"Erased", R"({"type":"object"})"},
    {"UsersSeen", R"({"type":"object","required":["total","users"],)"
                  R"("properties":{"total":{"type":"number"},"users":{"type":"array"}}})"},
    {"Reads", R"({"type":"object","required":["entries","next"],)"
              R"("properties":{"entries":{"type":"array"},"next":{"type":["number","null"]}}})"},
    {"Governance",
     R"({"type":"object","required":["entries","next"],)"
     R"("properties":{"entries":{"type":"array"},"next":{"type":["number","null"]}}})"},
};

}  // namespace

std::span<const admin::NamedSchema> api_schemas() { return kSchemas; }

}  // namespace sallyport::app
