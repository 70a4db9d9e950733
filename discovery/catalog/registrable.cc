#include "discovery/catalog/registrable.h"

#include <cstring>
#include <filesystem>
#include <libpsl.h>
#include <system_error>

#include "base/core/address.h"

namespace sallyport::discovery {
namespace {

constexpr std::uintmax_t kMaxFile = 16u << 20;  // bytes; the list has 0.3 MB

std::unexpected<Diagnostics> refuse(const std::string& path, std::string why) {
  Diagnostics found;
  found.error({std::make_shared<const Source>(Source{path, {}}), 0, 0, 1}, std::move(why),
              "leave public_suffixes out to use the distribution's list");
  return std::unexpected(std::move(found));
}

}  // namespace

void PublicSuffixes::Free::operator()(psl_ctx_st* list) const { ::psl_free(list); }

std::string_view PublicSuffixes::registrable(const std::string& host) const {
  if (!list_ || IpAddress::parse(host)) return {};
  const char* domain = ::psl_registrable_domain(list_.get(), host.c_str());
  return domain ? std::string_view(domain) : std::string_view();
}

Checked<std::shared_ptr<const PublicSuffixes>> load_public_suffixes(const std::string& path) {
  auto made = std::make_shared<PublicSuffixes>();
  if (path.empty()) {
    made->list_.reset(::psl_latest(nullptr));
  } else {
    std::error_code failure;
    const auto size = std::filesystem::file_size(path, failure);
    if (failure)
      return refuse(path, "cannot read the list of public suffixes: " + failure.message());
    if (size > kMaxFile) return refuse(path, "the list of public suffixes is larger than 16 MiB");
    made->list_.reset(::psl_load_file(path.c_str()));
  }
  if (!made->list_) return refuse(path, "cannot read the list of public suffixes");
  // libpsl takes any text for a list. Whatever it is, without this suffix domains come out wrong.
  if (::psl_is_public_suffix(made->list_.get(), "co.uk") == 0) {
    return refuse(path, "this is no list of public suffixes: it does not have 'co.uk'");
  }
  return made;
}

std::string distributed_public_suffixes() {
  const char* path = ::psl_dist_filename();
  return path ? path : "";
}

}  // namespace sallyport::discovery
