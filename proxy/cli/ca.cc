#include <fmt/format.h>

#include "proxy/app/state_directory.h"
#include "proxy/cli/commands.h"
#include "tls/ca/authority.h"

namespace sallyport::cli {

namespace {

std::string shown(const tls::Authority& authority, const std::string& directory) {
  const tls::Certificate& certificate = authority.certificate();
  return fmt::format(
      "subject      {}\nserial       {}\nvalid from   {}\nvalid until  {}\nSHA-256      {}\nfile   "
      "      {}/{}\n",
      certificate.subject(), certificate.serial(), format_rfc3339(certificate.not_before()),
      format_rfc3339(certificate.not_after()), certificate.sha256(), directory,
      tls::Authority::kCertificateFile);
}

}  // namespace

int ca(const CaOptions& options) {
  const std::optional<std::string> state = state_directory(options.common);
  if (!state) return kWrongInput;
  const std::string directory = app::ca_directory(*state);
  const Time now = system_clock().now();
  // A running gateway holds the lock; its authority must not change under it.
  std::unique_ptr<app::StateDirectory> held;
  if (options.action == CaAction::init || options.action == CaAction::rotate) {
    auto opened = app::StateDirectory::open(*state);
    if (!opened) {
      complain(describe(opened.error()));
      return kMachine;
    }
    held = std::move(*opened);
  }
  Result<std::shared_ptr<const tls::Authority>> authority =
      options.action == CaAction::init     ? tls::Authority::create(directory, {}, now)
      : options.action == CaAction::rotate ? tls::Authority::rotate(directory, {}, now)
                                           : tls::Authority::load(directory, now);
  if (!authority) {
    complain(describe(authority.error()));
    return kMachine;
  }
  if (options.action != CaAction::export_pem) {
    say(shown(**authority, directory));
    return kOk;
  }
  const std::vector<std::byte> der = (*authority)->certificate().to_der();
  const std::string bytes = options.format == "der"
                                ? std::string(reinterpret_cast<const char*>(der.data()), der.size())
                                : (*authority)->certificate().to_pem();
  if (options.out.empty()) {
    say(bytes);
    return kOk;
  }
  const Result<void> written = app::write_file(options.out, bytes, 0644);
  if (!written) {
    complain(describe(written.error()));
    return kMachine;
  }
  return kOk;
}

}  // namespace sallyport::cli
