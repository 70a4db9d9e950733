#include "proxy/app/api_schemas.h"

namespace sallyport::app {

namespace {

// Reports of counted use. Which facts and tables one has goes by its name and by what is asked; a
// row has those columns of ReportRow that its table has (discovery/usage/report.h).
constexpr admin::NamedSchema kSchemas[] = {
    {"ReportRow",
     R"({"type":"object","additionalProperties":false,"required":[],"properties":{"standing":{)"
     R"("type":"string"},"category":{"type":"string"},"risk":{"type":"string"},"user":{)"
     R"("type":"string"},"address":{"type":"string"},"country":{"type":"string"},"kind":{)"
     R"("type":"string"},"day":{"type":"string"},"device":{"type":"string"},"domain":{)"
     R"("type":"string"},"app":{"type":"string"},"name":{"type":"string"},"first_seen":{)"
     R"("type":"string"},"last_seen":{"type":"string"},"transactions":{"type":"number"},)"
     R"("sent":{"type":"number"},"received":{"type":"number"},"uploads":{"type":"number"},)"
     R"("upload_bytes":{"type":"number"},"downloads":{"type":"number"},"download_bytes":{)"
     R"("type":"number"},"blocked":{"type":"number"},"asked":{"type":"number"},"continued":{)"
     R"("type":"number"},"users":{"type":"number"},"addresses":{"type":"number"},)"
     R"("sanctioned_bytes":{"type":"number"},"unsanctioned_bytes":{"type":"number"},)"
     R"("other_bytes":{"type":"number"},"unsanctioned":{"type":"number"},"services":{)"
     R"("type":"number"},"hour":{"type":"number"},"leaked_bytes":{"type":"number"},)"
     R"("share_of_users":{"type":"number"},"risk_score":{"type":"number"},"domains":{)"
     R"("type":"number"},"apps":{"anyOf":[{"type":"number"},{"type":"array","items":{)"
     R"("type":"string"}}]},"sanctioned":{"anyOf":[{"type":"number"},{"type":"string"}]},)"
     R"("tags":{"type":"array","items":{"type":"string"}},"groups":{"type":"array","items":{)"
     R"("type":"string"}},"alternatives":{"type":"array","items":{"type":"string"}}}})"},
    {"Report",
     R"({"type":"object","additionalProperties":false,"required":["since","until",)"
     R"("uncounted_events","beyond_limits"],"properties":{"since":{"type":"string"},"until":{)"
     R"("type":"string"},"uncounted_events":{"type":"number"},"beyond_limits":{)"
     R"("type":"number"},"app":{"type":"string"},"domain":{"type":"string"},"name":{)"
     R"("type":"string"},"category":{"type":"string"},"vendor":{"type":"string"},"risk_level":{)"
     R"("type":"string"},"first_seen":{"type":"string"},"last_seen":{"type":"string"},)"
     R"("devices":{"anyOf":[{"type":"number"},{"type":"array","items":{)"
     R"("$ref":"#/components/schemas/ReportRow"}}]},"transactions":{"type":"number"},"sent":{)"
     R"("type":"number"},"received":{"type":"number"},"uploads":{"type":"number"},)"
     R"("upload_bytes":{"type":"number"},"downloads":{"type":"number"},"download_bytes":{)"
     R"("type":"number"},"blocked":{"type":"number"},"asked":{"type":"number"},"continued":{)"
     R"("type":"number"},"imports":{"type":"number"},"risk_score":{"type":"number"},)"
     R"("risk_known":{"type":"number"},"risk_general":{"type":"number"},"risk_security":{)"
     R"("type":"number"},"risk_compliance":{"type":"number"},"risk_legal":{"type":"number"},)"
     R"("users_blocked":{"type":"number"},"users_asked":{"type":"number"},"users_continued":{)"
     R"("type":"number"},"excluded":{"type":"array","items":{"type":"string"}},"tags":{)"
     R"("type":"array","items":{"type":"string"}},"apps":{"anyOf":[{"type":"number"},{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ReportRow"}}]},"users":{"anyOf":[{)"
     R"("type":"number"},{"type":"array","items":{"$ref":"#/components/schemas/ReportRow"}}]},)"
     R"("addresses":{"anyOf":[{"type":"number"},{"type":"array","items":{)"
     R"("$ref":"#/components/schemas/ReportRow"}}]},"domains":{"anyOf":[{"type":"number"},{)"
     R"("type":"array","items":{"type":"string"}}]},"headquarters":{"anyOf":[{"type":"string"},)"
     R"({"type":"array","items":{"$ref":"#/components/schemas/ReportRow"}}]},"alternatives":{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ReportRow"}},"beside_apps":{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ReportRow"}},"categories":{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ReportRow"}},"countries":{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ReportRow"}},"days":{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ReportRow"}},"hosts":{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ReportRow"}},"hours":{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ReportRow"}},"inactive":{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ReportRow"}},"leakage":{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ReportRow"}},"new":{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ReportRow"}},"non_compliant":{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ReportRow"}},"risk_levels":{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ReportRow"}},"standings":{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ReportRow"}},"top_addresses":{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ReportRow"}},"top_apps":{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ReportRow"}},"top_countries":{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ReportRow"}},"top_devices":{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ReportRow"}},"top_users":{)"
     R"("type":"array","items":{"$ref":"#/components/schemas/ReportRow"}}}})"},
};

}  // namespace

std::span<const admin::NamedSchema> api_report_schemas() { return kSchemas; }

}  // namespace sallyport::app
