#include "discovery/catalog/import_row.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"
#include "base/yaml/reader.h"
#include "discovery/catalog/app_index.h"
#include "discovery/catalog/noise_hosts.h"
#include "discovery/catalog/registrable.h"
#include "discovery/catalog/risk_reader.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxName = 128;  // bytes
constexpr std::uint64_t kMostScore = 10;

std::unexpected<RefusedRow> refuse(RowFault fault, std::string why) {
  return std::unexpected(RefusedRow{fault, std::move(why)});
}

// "; did you mean 'crm'?"
std::string with_hint(std::string hint) { return hint.empty() ? "" : "; " + hint; }

bool is_category(std::string_view text) {
  const auto words = policy::app_category_words();
  return std::find(words.begin(), words.end(), text) != words.end();
}

// What the readers of files would have found in a risk.yaml.
yaml::Node node_of(const WrittenRow& row) {
  yaml::Node factors;
  factors.kind = yaml::Node::Kind::map;
  for (const auto& [name, texts] : row.factors) {
    yaml::Node value;
    const auto scalar = [](const std::string& text) {
      yaml::Node one;
      one.kind = yaml::Node::Kind::scalar;
      one.text = text;
      return one;
    };
    if (texts.size() == 1) {
      value = scalar(texts.front());
    } else {
      value.kind = yaml::Node::Kind::list;
      for (const std::string& text : texts) value.items.push_back(scalar(text));
    }
    factors.entries.push_back({{name, {}}, std::move(value)});
  }
  yaml::Node node;
  node.kind = yaml::Node::Kind::map;
  node.entries.push_back({{"factors", {}}, std::move(factors)});
  return node;
}

}  // namespace

std::optional<std::string> WrittenRow::* WrittenRow::member_of(std::string_view name) {
  if (name == "domain") return &WrittenRow::domain;
  if (name == "name") return &WrittenRow::name;
  if (name == "category") return &WrittenRow::category;
  if (name == "vendor") return &WrittenRow::vendor;
  if (name == "score") return &WrittenRow::score;
  return nullptr;
}

Expected<std::string> RowJudge::domain_of(const std::string& written) const {
  auto domain = written.starts_with("*.") ? std::nullopt : canonical_domain(written);
  if (!domain) {
    return refuse(RowFault::domain, "'" + written.substr(0, 80) +
                                        "' is no domain of an app: a name such as 'example.com'");
  }
  const std::string host = domain->substr(0, domain->find('/'));
  if (judges_.suffixes != nullptr && host.size() == domain->size() &&
      judges_.suffixes->registrable(host).empty()) {
    return refuse(RowFault::suffix, "'" + host + "' is a public suffix, under which anybody is");
  }
  if (judges_.noise != nullptr && judges_.noise->find(host).kind != policy::HostKind::unknown) {
    return refuse(RowFault::noise, "'" + host + "' is " +
                                       std::string(to_string(judges_.noise->find(host).kind)) +
                                       " by the file of noise, and no app's");
  }
  return std::move(*domain);
}

Expected<Factors> RowJudge::factors_of(const WrittenRow& row) const {
  if (row.factors.empty()) return Factors();
  for (std::size_t i = 0; i < row.factors.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (row.factors[i].first != row.factors[j].first) continue;
      return refuse(RowFault::factor, "'" + row.factors[i].first + "' is stated twice");
    }
  }
  Diagnostics found;
  const yaml::Node node = node_of(row);
  yaml::MapReader map(node, found, "row");
  Factors factors = read_factors(map, "factors", source_);
  if (!found.has_errors()) return factors;
  const Diagnostic first = found.sorted().front();
  return refuse(RowFault::factor, first.message + with_hint(first.hint));
}

Expected<ImportedApp> RowJudge::read(const WrittenRow& row) const {
  if (row.bytes > most_) {
    return refuse(RowFault::too_long, fmt::format("a row has at most {} KiB", most_ >> 10));
  }
  ImportedApp app;
  app.line = row.line;
  if (!row.domain) return refuse(RowFault::domain, "there is no domain");
  auto domain = domain_of(*row.domain);
  if (!domain) return std::unexpected(std::move(domain.error()));
  app.domains.push_back(std::move(*domain));
  app.name = printable(row.name.value_or(""));
  app.vendor = row.vendor ? printable(*row.vendor) : app.name;
  if (app_id_of(app.name).empty()) {
    return refuse(RowFault::name,
                  "there is no name with a letter or a digit, of which an id is made");
  }
  if (std::max(app.name.size(), app.vendor.size()) > kMaxName) {
    return refuse(RowFault::too_long,
                  fmt::format("name and vendor have at most {} bytes", kMaxName));
  }
  app.category = row.category.value_or("");
  if (!is_category(app.category)) {
    const auto words = policy::app_category_words();
    return refuse(RowFault::category,
                  "'" + app.category.substr(0, 80) + "' is no category" +
                      with_hint(did_you_mean(app.category, {words.begin(), words.end()})));
  }
  if (row.score) {
    const auto score = parse_decimal(*row.score);
    if (!score || *score > kMostScore) {
      return refuse(RowFault::score,
                    "'" + row.score->substr(0, 20) + "' is no score: a number from 0 to 10");
    }
    app.score = static_cast<std::uint32_t>(*score);
  }
  auto factors = factors_of(row);
  if (!factors) return std::unexpected(std::move(factors.error()));
  app.factors = std::move(*factors);
  return app;
}

}  // namespace sallyport::discovery
