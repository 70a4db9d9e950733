#include "tls/verify/trust_store.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>

namespace sallyport::tls {

namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

Result<std::string> read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
  const auto failed = [&](int error) {
    return fail(error == ENOENT ? ErrorKind::not_found : ErrorKind::unavailable, Side::ours,
                "cannot read the roots in " + path + ": " + std::strerror(error));
  };
  if (!file) return failed(errno);
  std::string text;
  std::vector<char> buffer(64 * 1024);
  for (;;) {
    const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), file.get());
    text.append(buffer.data(), got);
    if (text.size() > TrustStore::kMaxFile) {
      return fail(ErrorKind::limit, Side::ours, "the roots in " + path + " are larger than 16 MiB");
    }
    if (got == buffer.size()) continue;
    if (std::ferror(file.get()) != 0) return failed(errno);
    return text;
  }
}

Result<std::vector<Certificate>> read_roots(const std::string& path) {
  auto text = read_file(path);
  if (!text) return pass_on(std::move(text));
  auto roots = Certificate::all_from_pem(*text, TrustStore::kMaxRoots);
  if (!roots) roots.error().detail = "the roots in " + path + ": " + roots.error().detail;
  return roots;
}

}  // namespace

Result<std::shared_ptr<const TrustStore>> TrustStore::load(const Sources& sources) {
  std::vector<std::string> files;
  if (!sources.system_file.empty()) files.push_back(sources.system_file);
  files.insert(files.end(), sources.extra_files.begin(), sources.extra_files.end());

  std::vector<Certificate> roots;
  for (const std::string& path : files) {
    auto more = read_roots(path);
    if (!more) return pass_on(std::move(more));
    std::move(more->begin(), more->end(), std::back_inserter(roots));
  }
  return of(roots);
}

Result<std::shared_ptr<const TrustStore>> TrustStore::of(std::span<const Certificate> roots) {
  if (roots.size() > kMaxRoots) {
    return fail(ErrorKind::limit, Side::ours, "more than 5000 roots");
  }
  std::shared_ptr<TrustStore> store(new TrustStore);
  store->store_.reset(X509_STORE_new());
  if (!store->store_) {
    return fail(ErrorKind::unavailable, Side::ours, "no trust store: " + openssl_errors());
  }
  for (const Certificate& root : roots) {
    if (auto added = store->add(root); !added) return pass_on(std::move(added));
  }
  return std::shared_ptr<const TrustStore>(std::move(store));
}

bool TrustStore::holds(const Certificate& certificate) const {
  return std::binary_search(fingerprints_.begin(), fingerprints_.end(), certificate.sha256());
}

Result<void> TrustStore::add(const Certificate& root) {
  const std::string fingerprint = root.sha256();
  const auto place = std::lower_bound(fingerprints_.begin(), fingerprints_.end(), fingerprint);
  if (place != fingerprints_.end() && *place == fingerprint) return {};
  // OpenSSL reads a certificate's extensions when they are first asked for. Here, and not on the
  // worker that happens to be first, while others wait for its lock.
  X509_check_purpose(root.native(), -1, 0);
  if (X509_STORE_add_cert(store_.get(), root.native()) != 1) {
    return fail(ErrorKind::unavailable, Side::ours,
                "cannot take the root " + root.subject() + ": " + openssl_errors());
  }
  fingerprints_.insert(place, fingerprint);
  roots_.push_back(root);
  return {};
}

}  // namespace sallyport::tls
