#include "proxy/cli/catalog_tools.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

#include "base/core/text.h"
#include "discovery/catalog/catalog.h"
#include "discovery/catalog/catalog_check.h"
#include "discovery/catalog/imported_apps.h"
#include "discovery/catalog/noise_hosts.h"
#include "policy/activity/words.h"
#include "proxy/app/config.h"
#include "proxy/app/known_catalog.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/gateway_client.h"
#include "proxy/cli/kept_state.h"

namespace sallyport::cli {

namespace {

using std::chrono::days;

// In double quotes, as YAML has it.
std::string yaml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + '"';
}

std::string entry_of(const PromoteOptions& options, const std::string& id, Time now) {
  std::string text = fmt::format(
      "id: {}\nname: {}\nvendor: {}\ncategory: {}\n", id, yaml_text(options.name),
      yaml_text(options.vendor.empty() ? options.name : options.vendor), options.category);
  std::string domains, ranges;
  for (const std::string& one : options.domains) {
    (IpPrefix::parse(one) ? ranges : domains) += "  - " + yaml_text(one) + "\n";
  }
  if (!domains.empty()) text += "domains:\n" + domains;
  if (!ranges.empty()) text += "ranges:\n" + ranges;
  return text + fmt::format("sources:\n  - {{kind: observed, date: {}}}\n",
                            format_rfc3339(now).substr(0, 10));
}

// What the words of the command line have against themselves; "" where nothing.
std::string fault_of(const PromoteOptions& options, const std::string& id) {
  const auto categories = policy::app_category_words();
  if (std::ranges::find(categories, options.category) == categories.end()) {
    const std::string hint = did_you_mean(options.category, {categories.begin(), categories.end()});
    return "no category '" + printable(options.category) + "'" + (hint.empty() ? "" : "; " + hint);
  }
  if (id.empty() || id != discovery::app_id_of(id)) {
    return "'" + printable(id) + "' is no id of an app: letters, digits and _ (--id)";
  }
  return {};
}

// A file that is there already stays as it is.
Result<void> write_new(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (file < 0) {
    return fail(ErrorKind::storage, Side::ours,
                errno == EEXIST ? path + " is there already; edit it, or give another --id"
                                : "cannot make " + path + ": " + std::strerror(errno));
  }
  const ssize_t put = ::write(file, text.data(), text.size());
  const bool good = put == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  ::close(file);
  if (good) return {};
  ::unlink(path.c_str());
  return fail(ErrorKind::storage, Side::ours, "cannot write " + path);
}

// The folder of an app that is made here, and goes again unless it is kept.
class NewEntry {
 public:
  NewEntry(std::string folder) : folder_(std::move(folder)) {}
  ~NewEntry() {
    if (kept_ || !made_) return;
    ::unlink(file().c_str());
    ::rmdir(folder_.c_str());  // Where something else lies there it stays.
  }
  NewEntry(const NewEntry&) = delete;
  NewEntry& operator=(const NewEntry&) = delete;

  std::string file() const { return folder_ + "/app.yaml"; }
  Result<void> write(const std::string& text) {
    Result<void> done = app::make_directory(folder_, 0755);
    if (done) done = write_new(file(), text);
    made_ = done.has_value();
    return done;
  }
  void keep() { kept_ = true; }

 private:
  const std::string folder_;
  bool made_ = false, kept_ = false;
};

}  // namespace

int put_in_force(const std::string& state) {
  const Result<GatewayReply> reply = ask_gateway(state, "POST", "/api/v1/reload");
  if (!reply && reply.error().kind == ErrorKind::not_found) {
    say("kept; no gateway runs, so it holds from the next start on\n");
    return kOk;
  }
  if (!reply) {
    complain("kept, but not in force: " + describe(reply.error()));
    return kMachine;
  }
  if (reply->status != 200) {
    complain("kept, but not in force: " + detail_of(*reply));
    return kNo;
  }
  say("in force on every worker\n");
  return kOk;
}

int catalog_check(const CatalogCheckOptions& options) {
  std::string state;
  const auto config = config_of(options.common, state);
  if (!config) return kWrongInput;
  Diagnostics warnings;
  const auto catalog = app::load_known_catalog(*config, warnings);
  if (!catalog) {
    complain("the catalog has faults:\n" + render(catalog.error()));
    return kWrongInput;
  }
  const auto today = std::chrono::floor<days>(system_clock().now());
  const Diagnostics said = discovery::check_catalog(**catalog, today);
  if (!config->noise.empty()) {
    if (const auto noise = discovery::load_noise(config->noise)) {
      discovery::check_noise(**noise, **catalog, warnings);
    } else {
      complain(render(noise.error()));
      return kWrongInput;
    }
  }
  const std::string text = render(warnings) + render(said);
  say(text);
  say(fmt::format("{} apps{}\n", (*catalog)->apps().size(),
                  text.empty() ? ": nothing is said twice, and nothing against itself" : ""));
  return text.empty() ? kOk : kNo;
}

int promote_host(const PromoteOptions& options) {
  std::string state;
  const auto config = config_of(options.common, state);
  if (!config) return kWrongInput;
  const std::string id = options.id.empty() ? discovery::app_id_of(options.name) : options.id;
  if (const std::string fault = fault_of(options, id); !fault.empty()) {
    complain(fault);
    return kWrongInput;
  }
  const std::string text = entry_of(options, id, system_clock().now());
  if (options.dry_run) {
    say(text);
    return kOk;
  }
  if (config->catalog.size() < 2) {
    complain(
        "apps of your own need a folder of their own: in the configuration, catalog: "
        "[catalog, my-catalog]");
    return kWrongInput;
  }
  NewEntry entry(config->catalog.back() + "/" + id);
  if (const Result<void> done = entry.write(text); !done) {
    complain(done.error().detail);
    return kMachine;
  }
  Diagnostics warnings;
  const auto catalog = app::load_known_catalog(*config, warnings);
  if (!catalog) {
    complain("not kept, because of what the catalog would say:\n" + render(catalog.error()));
    return kWrongInput;
  }
  // What it takes from others, or doubles.
  for (const Diagnostic& one : warnings.sorted()) {
    if (one.place.source != nullptr && one.place.source->name == entry.file()) {
      complain(one.message);
    }
  }
  entry.keep();
  say(entry.file() + "\n");
  return put_in_force(state);
}

}  // namespace sallyport::cli
