#include "proxy/app/admin_tls.h"

#include <span>

#include "base/core/file.h"
#include "base/crypto/secret.h"
#include "tls/stream/tls_stream.h"

namespace sallyport::app {

namespace {

constexpr std::size_t kMostFile = 256 * 1024;  // bytes
constexpr std::size_t kMostChain = 16;

}  // namespace

Result<std::unique_ptr<AdminTls>> AdminTls::open(const std::string& certificate,
                                                 const std::string& key) {
  const auto chain_text = read_regular_file(certificate, kMostFile);
  if (!chain_text) return std::unexpected(chain_text.error());
  auto key_text = read_regular_file(key, kMostFile);
  if (!key_text) return std::unexpected(key_text.error());
  auto chain = tls::Certificate::all_from_pem(*chain_text, kMostChain);
  if (!chain) {
    return fail(ErrorKind::invalid, Side::ours, certificate + ": " + chain.error().detail);
  }
  auto read = tls::PrivateKey::from_pem(*key_text);
  secure_wipe(*key_text);
  if (!read) return fail(ErrorKind::invalid, Side::ours, key + ": " + read.error().detail);
  if (read->public_key_sha256() != chain->front().public_key_sha256()) {
    return fail(ErrorKind::invalid, Side::ours,
                key + " is not the key of the first certificate in " + certificate);
  }
  auto context = tls::ServerContext::make();
  if (!context) return std::unexpected(context.error());
  std::unique_ptr<AdminTls> made(new AdminTls);
  made->context_ = std::move(*context);
  made->chain_ = std::move(*chain);
  made->key_ = std::move(*read);
  return made;
}

Task<Result<std::unique_ptr<io::ByteStream>>> AdminTls::accept(
    std::unique_ptr<io::ByteStream> stream) {
  Result<tls::SslPtr> ssl =
      context_->accept(chain_.front(), key_, "http/1.1", {}, std::span(chain_).subspan(1));
  if (!ssl) co_return pass_on(std::move(ssl));
  auto opened = std::make_unique<tls::TlsStream>(std::move(stream), std::move(*ssl));
  const Result<void> shaken = co_await opened->handshake();
  if (!shaken) co_return std::unexpected(shaken.error());
  co_return std::unique_ptr<io::ByteStream>(std::move(opened));
}

}  // namespace sallyport::app
