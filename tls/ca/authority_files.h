#pragma once
// The two files of an authority, read with suspicion and written so that they are whole or absent.

#include <string>

#include "base/core/clock.h"
#include "base/core/result.h"

namespace sallyport::tls {

struct AuthorityFiles {
  std::string key_path;
  std::string certificate_path;

  static AuthorityFiles in(const std::string& dir);
};

// The PEM of both. The caller wipes the key.
struct AuthorityText {
  std::string key;
  std::string certificate;
};

// Refuses a key file that group or others may touch, that belongs to somebody else, or that is no
// regular file.
Result<AuthorityText> read_authority(const AuthorityFiles& files);

// Refuses (kind invalid) where either file exists.
Result<void> write_new_authority(const AuthorityFiles& files, const AuthorityText& text);

// Keeps what is there under its name plus a stamp, then puts `text` in its place.
Result<void> replace_authority(const AuthorityFiles& files, const AuthorityText& text, Time now);

}  // namespace sallyport::tls
