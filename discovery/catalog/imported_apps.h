#pragma once
// Apps from data of others that an operator brings (`sallyport catalog import`): the catalog's
// second tier, below what people looked up and wrote down.
//
// A row is a domain and the app that it is of: CSV with a line of names at its head, or an object a
// line (JSON Lines). Rows of one name are one app; its first row says what else it is.
//
//   domain,name,category,vendor,score,saml
//   notes.example,Notes,note_taking,Notes Ltd,6,true
//
//   {"domain":"notes.example","name":"Notes","category":"note_taking","vendor":"Notes Ltd",
//    "score":6,"factors":{"saml":true,"data_centers":["DE","FR"]}}
//
//   domain    required; what Host::text() would say, with a path or without (app_index.h). No
//             public suffix, and no host that is known to be of no app (noise_hosts.h).
//   name, category   required; `category` is one of policy::app_category_words()
//   vendor    the name where absent
//   score     0 to 10: what the file says, shown as that
//   any factor of policy/activity/risk_factors.h: a column of CSV (several values between ';'), a
//             member of "factors" in JSON. What is not stated stays unknown.
//
// A faulty row is counted by its reason and costs nothing but itself. Other columns and members are
// passed over, and named.
//
// Pure but for read_imports(). Limits: 32 MiB of text, 100,000 rows, 64 KiB a row, 128 bytes a name
// or vendor. The catalog has limits of its own.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "discovery/catalog/app.h"

namespace sallyport::discovery {

class NoiseHosts;
class PublicSuffixes;

inline constexpr std::size_t kMaxImportText = std::size_t{32} << 20;  // bytes
// A kept text says each domain's name and vendor again, so it may be larger than what it is of.
inline constexpr std::size_t kMaxKeptText = 4 * kMaxImportText;
inline constexpr std::size_t kMaxImportRows = 100'000;

// What every app that was imported is tagged with.
inline constexpr std::string_view kImportedTag = "imported";

// What is wrong with a row.
enum class RowFault : std::uint8_t {
  shape,     // no row of CSV, no object of JSON, or a value of the wrong kind
  too_long,  // a row, a name or a vendor
  domain,    // none of an app
  suffix,    // a public suffix: everybody's
  noise,     // a host of the file of noise: no app's
  name,      // absent
  category,  // absent, or no word of ours
  score,     // not 0 to 10
  factor,    // a value that is none of the factor's
  twice,     // the domain stands in an earlier row
};
inline constexpr std::size_t kRowFaults = 10;
std::string_view to_string(RowFault fault);

// One app: the rows of its name.
struct ImportedApp {
  std::string name;
  std::string category;
  std::string vendor;
  std::vector<std::string> domains;  // canonical
  std::optional<std::uint32_t> score;
  Factors factors;
  std::uint32_t line = 0;  // of its first row
};

struct ImportRows {
  std::uint64_t rows = 0;                          // all of them
  std::array<std::uint64_t, kRowFaults> faults{};  // by RowFault
  struct Bad {
    std::uint32_t line;
    RowFault fault;
    std::string why;  // printable, a sentence
  };
  std::vector<Bad> first_bad;            // at most kMostBad
  std::vector<std::string> passed_over;  // names of columns and members, at most kMostBad
  std::vector<ImportedApp> apps;         // in the order of their first rows
  std::string trouble;                   // why nothing of it can be used; "" where it can

  static constexpr std::size_t kMostBad = 10;
  std::uint64_t bad() const;
};

struct CatalogImport {
  ImportOriginPtr origin;
  std::vector<ImportedApp> apps;
};

// Either may be null: then nothing is asked of it. `date` is that of factors.
struct ImportJudges {
  const PublicSuffixes* suffixes = nullptr;
  const NoiseHosts* noise = nullptr;
};

// CSV or JSON Lines, told by the first byte that is no blank.
ImportRows read_import(SourcePtr source, const ImportOrigin& origin, const ImportJudges& judges);

// How an import is kept: an object with its origin in the first line, then a row of JSON a domain,
// as read_import() reads them.
std::string kept_text(const ImportOrigin& origin, const std::vector<ImportedApp>& apps);
// Nothing where it is none.
std::optional<CatalogImport> parse_kept(const std::string& name, const std::string& text);

// Those of a folder (NAME.jsonl), sorted by name; a folder that is not there holds none. A file
// that cannot be used is left out with a warning: data of others never keeps a gateway from
// starting.
std::vector<CatalogImport> read_imports(const std::string& folder, Diagnostics& warnings);

// "files_example_com" of "Files.Example.com": the id of an app by its name; at most 64 bytes, "" of
// a name without letters and digits of ASCII.
std::string app_id_of(std::string_view name);

}  // namespace sallyport::discovery
