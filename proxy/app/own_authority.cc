#include "proxy/app/own_authority.h"

#include <filesystem>
#include <unistd.h>

#include "proxy/app/state_directory.h"

namespace sallyport::app {

Result<std::shared_ptr<const tls::Authority>> open_authority(const std::string& directory,
                                                             Time now) {
  auto authority = tls::Authority::load(directory, now);
  if (authority || authority.error().kind != ErrorKind::not_found) return authority;
  const bool any =
      ::access((directory + "/" + tls::Authority::kKeyFile).c_str(), F_OK) == 0 ||
      ::access((directory + "/" + tls::Authority::kCertificateFile).c_str(), F_OK) == 0;
  if (any) return authority;  // Half an authority is a matter for a person.
  return tls::Authority::create(directory, {}, now);
}

std::vector<tls::Certificate> own_authorities(const std::string& directory,
                                              const tls::Authority& authority) {
  std::vector<tls::Certificate> own{authority.certificate()};
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(std::string(tls::Authority::kCertificateFile) + ".")) continue;
    const Result<std::string> pem = read_file(entry.path().string(), tls::Certificate::kMaxDer * 2);
    if (!pem) continue;
    if (auto certificate = tls::Certificate::from_pem(*pem)) own.push_back(std::move(*certificate));
  }
  return own;
}

}  // namespace sallyport::app
