// Reading conf/pac/pac.yaml.

#include <memory>

#include "base/core/host.h"
#include "base/yaml/node.h"
#include "base/yaml/reader.h"
#include "proxy/local/pac.h"
#include "proxy/local/pac_entry.h"

namespace sallyport::local {
namespace {

constexpr std::size_t kMaxDirect = 1000;

std::string hint_for(std::string_view written) {
  if (written.find("://") != std::string_view::npos)
    return "write the host without scheme and path";
  if (written.starts_with('.')) {
    const std::string name(written.substr(1));
    return "write '" + name + "', or '*." + name + "' for only what is below it";
  }
  if (written.find('*') != std::string_view::npos)
    return "a star may only stand for whole labels in front: '*.example.com'";
  return "write a host, '*.' and a host, an address or a prefix as 10.0.0.0/8";
}

void check_direct(const Spanned<std::string>& line, Diagnostics& diagnostics) {
  const std::optional<DirectEntry> entry = parse_direct(*line);
  if (!entry) {
    diagnostics.error(line.place, "'" + *line + "' names nothing that could go direct",
                      hint_for(*line));
  } else if (entry->kind == DirectEntry::Kind::prefix && entry->prefix.has_host_bits()) {
    diagnostics.error(line.place, "'" + *line + "' has bits set behind its length",
                      "did you mean '" + entry->prefix.masked().to_string() + "'?");
  }
}

Checked<PacConfig> read(const yaml::Node& document) {
  Diagnostics diagnostics;
  yaml::MapReader map(document, diagnostics, "the PAC configuration");
  PacConfig config;

  const Spanned<std::string> gateway = map.text("gateway");
  if (!gateway->empty() && !Host::parse(*gateway)) {
    diagnostics.error(gateway.place, "'" + *gateway + "' is not a host name",
                      "write only the name; the port stands under 'port'");
  }
  config.gateway_name = *gateway;
  config.port = static_cast<std::uint16_t>(map.integer("port", 0, 1, 65535));
  config.tls = map.boolean("tls", config.tls);
  config.plain_names_direct = map.boolean("plain_names_direct", config.plain_names_direct);
  config.fallback_direct = map.boolean("fallback_direct", config.fallback_direct);

  const std::vector<Spanned<std::string>> direct = map.texts("direct");
  if (direct.size() > kMaxDirect) {
    diagnostics.error(
        direct[kMaxDirect].place, "more than 1000 entries under 'direct'",
        "browsers run the file for every request; name suffixes and prefixes instead");
    map.finish();
    return std::unexpected(std::move(diagnostics));
  }
  for (const Spanned<std::string>& line : direct) {
    check_direct(line, diagnostics);
    config.direct.push_back(*line);
  }
  map.finish();
  if (diagnostics.has_errors()) return std::unexpected(std::move(diagnostics));
  return config;
}

Checked<PacConfig> read(Checked<yaml::Node> document) {
  if (!document) return std::unexpected(std::move(document.error()));
  return read(*document);
}

}  // namespace

Checked<PacConfig> load_pac(const std::string& path) { return read(yaml::parse_file(path)); }

Checked<PacConfig> read_pac(std::string_view text, std::string_view shown_name) {
  return read(yaml::parse(
      std::make_shared<const Source>(Source{std::string(shown_name), std::string(text)})));
}

}  // namespace sallyport::local
