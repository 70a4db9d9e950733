// Certificates for many hosts, so that each has one of its own: many_leaves CA.pem CA.key LEAF.key
// DIRECTORY FIRST COUNT, each of n0.names.perf.test and on, in DIRECTORY/n0.names.perf.test. All
// have the one key. Serial numbers begin at the time, so a second run makes others.

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string>

namespace {

struct Free {
  void operator()(FILE* one) const { std::fclose(one); }
  void operator()(X509* one) const { X509_free(one); }
  void operator()(EVP_PKEY* one) const { EVP_PKEY_free(one); }
  void operator()(X509_EXTENSION* one) const { X509_EXTENSION_free(one); }
};
using File = std::unique_ptr<FILE, Free>;
using Certificate = std::unique_ptr<X509, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;

[[noreturn]] void end(const std::string& why) {
  std::fprintf(stderr, "many_leaves: %s\n", why.c_str());
  std::exit(1);
}

Key read_key(const char* name) {
  const File file(std::fopen(name, "r"));
  Key key(file ? PEM_read_PrivateKey(file.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!key) end(std::string("cannot read ") + name);
  return key;
}

Certificate read_certificate(const char* name) {
  const File file(std::fopen(name, "r"));
  Certificate one(file ? PEM_read_X509(file.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!one) end(std::string("cannot read ") + name);
  return one;
}

void set_extension(X509* leaf, int which, const std::string& value) {
  const std::unique_ptr<X509_EXTENSION, Free> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, which, value.c_str()));
  if (!extension || X509_add_ext(leaf, extension.get(), -1) != 1) end("no extension " + value);
}

std::uint64_t number(const char* text) {
  std::uint64_t value = 0;
  const auto [rest, error] = std::from_chars(text, text + std::strlen(text), value);
  if (error != std::errc() || *rest != '\0') end(std::string("not a number: ") + text);
  return value;
}

}  // namespace

int main(int count, char** words) {
  if (count != 7) end("CA.pem CA.key LEAF.key DIRECTORY FIRST COUNT");
  const Certificate authority = read_certificate(words[1]);
  const Key signer = read_key(words[2]);
  const Key key = read_key(words[3]);
  const std::string directory = words[4];
  const std::uint64_t first = number(words[5]);
  const std::uint64_t last = first + number(words[6]);

  // One certificate, changed and signed again for each host: setting the key is what costs.
  const Certificate leaf(X509_new());
  X509_set_version(leaf.get(), X509_VERSION_3);
  X509_gmtime_adj(X509_getm_notBefore(leaf.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(leaf.get()), 20L * 24 * 3600);
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(authority.get()));
  X509_set_pubkey(leaf.get(), key.get());
  set_extension(leaf.get(), NID_ext_key_usage, "serverAuth");
  set_extension(leaf.get(), NID_key_usage, "critical,digitalSignature");
  set_extension(leaf.get(), NID_basic_constraints, "critical,CA:FALSE");
  const auto serials = static_cast<std::uint64_t>(std::time(nullptr)) << 24;

  for (std::uint64_t i = first; i < last; ++i) {
    const std::string name = "n" + std::to_string(i) + ".names.perf.test";
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(leaf.get()), serials + i);
    X509_NAME* subject = X509_NAME_new();
    X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.data()),
                               static_cast<int>(name.size()), -1, 0);
    X509_set_subject_name(leaf.get(), subject);
    X509_NAME_free(subject);
    set_extension(leaf.get(), NID_subject_alt_name, "DNS:" + name);
    if (X509_sign(leaf.get(), signer.get(), EVP_sha256()) == 0) end("cannot sign");
    // Written beside and renamed: a server may be reading the old one.
    const std::string path = directory + "/" + name;
    {
      const File file(std::fopen((path + ".new").c_str(), "w"));
      if (!file || PEM_write_X509(file.get(), leaf.get()) != 1) end("cannot write " + path);
    }
    if (std::rename((path + ".new").c_str(), path.c_str()) != 0) end("cannot rename " + path);
    const int at = X509_get_ext_by_NID(leaf.get(), NID_subject_alt_name, -1);
    X509_EXTENSION_free(X509_delete_ext(leaf.get(), at));
  }
  return 0;
}
