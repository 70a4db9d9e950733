#include "proxy/app/api_schemas.h"

namespace sallyport::app {

namespace {

// Events as their record has them (discovery/events/encode.h).
constexpr admin::NamedSchema kSchemas[] = {
    {"EventClient",
     R"({"type":"object","additionalProperties":false,"required":["ip"],"properties":{"asn":{)"
     R"("type":"number"},"category":{"type":"string"},"country":{"type":"string"},"ip":{)"
     R"("type":"string"},"isp":{"type":"string"},"latitude":{"type":"number"},"longitude":{)"
     R"("type":"number"},"port":{"type":"number"},"range":{"type":"string"},"tags":{)"
     R"("type":"array","items":{"type":"string"}}}})"},
    {"EventFile",
     R"({"type":"object","additionalProperties":false,"required":[],"properties":{"extension":{)"
     R"("type":"string"},"family":{"type":"string"},"name":{"type":"string"},"name_tags":{)"
     R"("type":"array","items":{"type":"string"}},"scan_status":{"type":"string"},"sha256":{)"
     R"("type":"string"},"size":{"type":"number"},"sniffed_type":{"type":"string"},"type":{)"
     R"("type":"string"}}})"},
    {"EventDestination",
     R"({"type":"object","additionalProperties":false,"required":["ip"],"properties":{"asn":{)"
     R"("type":"number"},"category":{"type":"string"},"country":{"type":"string"},"ip":{)"
     R"("type":"string"},"isp":{"type":"string"},"latitude":{"type":"number"},"longitude":{)"
     R"("type":"number"},"port":{"type":"number"},"range":{"type":"string"},"tags":{)"
     R"("type":"array","items":{"type":"string"}}}})"},
    {"EventApp",
     R"({"type":"object","additionalProperties":false,"required":[],"properties":{"category":{)"
     R"("type":"string"},"id":{"type":"string"},"name":{"type":"string"},"risk_score":{)"
     R"("type":"number"},"tags":{"type":"array","items":{"type":"string"}}}})"},
    {"EventAgent",
     R"({"type":"object","additionalProperties":false,"required":[],"properties":{"app":{)"
     R"("type":"string"},"browser":{"type":"string"},"browser_version":{"type":"string"},)"
     R"("device":{"type":"string"},"os":{"type":"string"},"os_version":{"type":"string"},)"
     R"("tags":{"type":"array","items":{"type":"string"}}}})"},
    {"EventTls",
     R"({"type":"object","additionalProperties":false,"required":[],"properties":{)"
     R"("client_alpn":{"type":"string"},"client_cipher":{"type":"string"},"client_version":{)"
     R"("type":"string"},"ja4":{"type":"string"},"leaf_serial":{"type":"string"},)"
     R"("origin_alpn":{"type":"string"},"origin_cipher":{"type":"string"},)"
     R"("origin_fingerprint":{"type":"string"},"origin_version":{"type":"string"},"verify":{)"
     R"("type":"string"}}})"},
    {"EventDetails",
     R"({"type":"object","additionalProperties":false,"required":[],"properties":{"account":{)"
     R"("type":"string"},"account.domain":{"type":"string"},"consent.client":{"type":"string"},)"
     R"("consent.level":{"type":"string"},"consent.name":{"type":"string"},"consent.redirect":{)"
     R"("type":"string"},"consent.scopes":{"type":"array","items":{"type":"string"}},)"
     R"("instance":{"type":"string"},"instance.kind":{"type":"string"},"object.id":{)"
     R"("type":"string"},"object.kind":{"type":"string"},"object.name":{"type":"string"},)"
     R"("object.parent":{"type":"string"},"outcome":{"type":"string"},"prompt.conversation":{)"
     R"("type":"string"},"prompt.model":{"type":"string"},"signature":{"type":"string"},)"
     R"("signature.reading":{"type":"string"},"target.class":{"type":"array","items":{)"
     R"("type":"string"}},"target.domain":{"type":"array","items":{"type":"string"}},)"
     R"("target.email":{"type":"array","items":{"type":"string"}},"target.group":{)"
     R"("type":"array","items":{"type":"string"}},"target.link":{"type":"array","items":{)"
     R"("type":"string"}},"target.role":{"type":"array","items":{"type":"string"}},)"
     R"("target.user":{"type":"array","items":{"type":"string"}},"transfer.session":{)"
     R"("type":"string"},"transfer.step":{"type":"string"}}})"},
    {"EventSeen",
     R"({"type":"object","additionalProperties":false,"required":[],"properties":{"action":{)"
     R"("type":"number"},"address":{"type":"number"},"app":{"type":"number"},"country":{)"
     R"("type":"number"},"device":{"type":"number"},"isp":{"type":"number"}}})"},
    {"EventWebsocket",
     R"({"type":"object","additionalProperties":false,"required":["client","origin"],)"
     R"("properties":{"client":{"type":"object","additionalProperties":false,"required":[)"
     R"("messages","text","binary","bytes","largest"],"properties":{"messages":{)"
     R"("type":"number"},"text":{"type":"number"},"binary":{"type":"number"},"bytes":{)"
     R"("type":"number"},"largest":{"type":"number"}}},"origin":{"type":"object",)"
     R"("additionalProperties":false,"required":["messages","text","binary","bytes","largest"],)"
     R"("properties":{"messages":{"type":"number"},"text":{"type":"number"},"binary":{)"
     R"("type":"number"},"bytes":{"type":"number"},"largest":{"type":"number"}}},"compressed":{)"
     R"("type":"boolean"},"closed_by":{"type":"string"},"close_code":{"type":"number"},)"
     R"("fault":{"type":"string"}}})"},
    {"EventActivity",
     R"({"type":"object","additionalProperties":false,"required":["type","action","point"],)"
     R"("properties":{"type":{"type":"string"},"admin":{"type":"boolean"},"file":{)"
     R"("$ref":"#/components/schemas/EventFile"},"details":{)"
     R"("$ref":"#/components/schemas/EventDetails"},"action":{"type":"string"},"policy":{)"
     R"("type":"string"},"policy_id":{"type":"string"},"point":{"type":"string"},"say":{)"
     R"("type":"string"},"redirect":{"type":"string"},"suspension":{"type":"string"},)"
     R"("granted":{"type":"array","items":{"type":"object","additionalProperties":false,)"
     R"("required":["policy_id","grant"],"properties":{"policy_id":{"type":"string"},"grant":{)"
     R"("type":"string"}}}},"rehearsed":{"type":"array","items":{"type":"object",)"
     R"("additionalProperties":false,"required":["policy","action"],"properties":{"policy":{)"
     R"("type":"string"},"action":{"type":"string"}}}}}})"},
    {"Event",
     R"({"type":"object","additionalProperties":false,"required":["action","bytes_in",)"
     R"("bytes_out","connection_id","duration_us","ending","id","intercepted","kind",)"
     R"("stream_id","time","worker","client"],"properties":{"action":{"type":"string"},)"
     R"("admin":{"type":"boolean"},"bytes_in":{"type":"number"},"bytes_out":{"type":"number"},)"
     R"("client_refusal":{"type":"string"},"community_id":{"type":"string"},"connection_id":{)"
     R"("type":"string"},"device_tags":{"type":"array","items":{"type":"string"}},"domain":{)"
     R"("type":"string"},"duration_us":{"type":"number"},"ending":{"type":"string"},"error":{)"
     R"("type":"string"},"groups":{"type":"array","items":{"type":"string"}},"host":{)"
     R"("type":"string"},"host_kind":{"type":"string"},"host_tags":{"type":"array","items":{)"
     R"("type":"string"}},"id":{"type":"string"},"intercepted":{"type":"boolean"},"kind":{)"
     R"("type":"string"},"media_type":{"type":"string"},"method":{"type":"string"},"path":{)"
     R"("type":"string"},"point":{"type":"string"},"policy":{"type":"string"},"policy_id":{)"
     R"("type":"string"},"port":{"type":"number"},"query":{"type":"string"},"redirect":{)"
     R"("type":"string"},"say":{"type":"string"},"scheme":{"type":"string"},"snapshot":{)"
     R"("type":"string"},"status":{"type":"number"},"stream_id":{"type":"number"},)"
     R"("suspension":{"type":"string"},"time":{"type":"string"},"type":{"type":"string"},)"
     R"("uncommon":{"type":"array","items":{"type":"string"}},"user":{"type":"string"},)"
     R"("user_agent":{"type":"string"},"user_source":{"type":"string"},"worker":{)"
     R"("type":"number"},"client":{"$ref":"#/components/schemas/EventClient"},"file":{)"
     R"("$ref":"#/components/schemas/EventFile"},"destination":{)"
     R"("$ref":"#/components/schemas/EventDestination"},"app":{)"
     R"("$ref":"#/components/schemas/EventApp"},"agent":{)"
     R"("$ref":"#/components/schemas/EventAgent"},"tls":{)"
     R"("$ref":"#/components/schemas/EventTls"},"details":{)"
     R"("$ref":"#/components/schemas/EventDetails"},"seen":{)"
     R"("$ref":"#/components/schemas/EventSeen"},"granted":{"type":"array","items":{)"
     R"("type":"object","additionalProperties":false,"required":["policy_id","grant"],)"
     R"("properties":{"policy_id":{"type":"string"},"grant":{"type":"string"}}}},"rehearsed":{)"
     R"("type":"array","items":{"type":"object","additionalProperties":false,"required":[)"
     R"("policy","action"],"properties":{"policy":{"type":"string"},"action":{)"
     R"("type":"string"}}}},"websocket":{"$ref":"#/components/schemas/EventWebsocket"},)"
     R"("activities":{"type":"array","items":{"$ref":"#/components/schemas/EventActivity"}},)"
     R"("matched":{"type":"array","items":{"type":"object","additionalProperties":false,)"
     R"("required":["id","name"],"properties":{"id":{"type":"string"},"name":{"type":"string"},)"
     R"("rehearsed":{"type":"boolean"}}}},"edited_by":{"type":"array","items":{"type":"object",)"
     R"("additionalProperties":false,"required":["id","name"],"properties":{"id":{)"
     R"("type":"string"},"name":{"type":"string"},"rehearsed":{"type":"boolean"}}}}}})"},
};

}  // namespace

std::span<const admin::NamedSchema> api_event_schemas() { return kSchemas; }

}  // namespace sallyport::app
