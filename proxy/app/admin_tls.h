#pragma once
// TLS of the admin listener, with a certificate that the operator gives.
//
// Thread rule: the desk's. The files are read at the start.

#include <memory>
#include <string>
#include <vector>

#include "base/io/stream.h"
#include "base/io/task.h"
#include "tls/cert/certificate.h"
#include "tls/cert/key.h"
#include "tls/stream/context.h"

namespace sallyport::app {

class AdminTls {
 public:
  // PEM files: the leaf with its chain behind it, and its key. Refused: what cannot be read, and a
  // key of another certificate.
  static Result<std::unique_ptr<AdminTls>> open(const std::string& certificate,
                                                const std::string& key);

  // The stream inside; `stream` ends where the handshake fails. Outlives the call.
  Task<Result<std::unique_ptr<io::ByteStream>>> accept(std::unique_ptr<io::ByteStream> stream);

 private:
  AdminTls() = default;
  std::unique_ptr<tls::ServerContext> context_;
  std::vector<tls::Certificate> chain_;  // the leaf first
  tls::PrivateKey key_;
};

}  // namespace sallyport::app
