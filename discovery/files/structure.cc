#include "discovery/files/structure.h"

#include <cstdint>

namespace sallyport::discovery {
namespace {

using namespace std::string_view_literals;

std::uint64_t little(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t out = 0;
  for (std::size_t i = size; i > 0 && at + size <= bytes.size(); --i) {
    out = out << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  }
  return out;
}

}  // namespace

// What begins with a length, a name or a table: told by more than a few fixed bytes.
std::string_view type_by_structure(std::string_view bytes) {
  const auto part = [&](std::size_t at, std::size_t size) {
    return at < bytes.size() ? bytes.substr(at, size) : std::string_view();
  };
  const auto has = [&](std::string_view what, std::size_t within) {
    return bytes.substr(0, within).find(what) != std::string_view::npos;
  };
  if (part(4, 4) == "ftyp") {  // ISO/IEC 14496-12 section 4.3: the major brand
    const std::string_view brand = part(8, 4);
    if (brand == "avif" || brand == "avis") return "image/avif";
    if (brand == "crx ") return "image/x-canon-cr3";
    if (brand == "qt  ") return "video/quicktime";
    if (brand.starts_with("M4A") || brand.starts_with("M4B")) return "audio/mp4";
    if (brand.starts_with("3g")) return "video/3gpp";
    if (brand.starts_with("hei") || brand.starts_with("hev") || brand == "mif1" ||
        brand == "msf1") {
      return has("avif", 64) ? "image/avif" : "image/heic";
    }
    return "video/mp4";
  }
  if (part(4, 4) == "moov" || part(4, 4) == "mdat" || part(4, 4) == "wide")
    return "video/quicktime";
  if (bytes.starts_with("RIFF") || bytes.starts_with("RF64")) {
    if (part(8, 4) == "WAVE") return "audio/wav";
    if (part(8, 4) == "AVI ") return "video/x-msvideo";
    if (part(8, 4) == "WEBP") return "image/webp";
  }
  if (bytes.starts_with("ID3") && bytes.size() > 10 && bytes[3] >= 2 && bytes[3] <= 4)
    return "audio/mpeg";
  if (bytes.starts_with("MAC ") && little(bytes, 4, 2) >= 3000 && little(bytes, 4, 2) < 5000)
    return "audio/x-ape";
  if ((bytes.starts_with("FWS") || bytes.starts_with("CWS") || bytes.starts_with("ZWS")) &&
      bytes.size() > 8 && bytes[3] > 0 && bytes[3] < 64 && little(bytes, 4, 4) < (1U << 30)) {
    return "application/x-shockwave-flash";
  }
  if (bytes.starts_with("BZh") &&
      (part(4, 6) == "1AY&SY" || part(4, 6) == "\x17\x72\x45\x38\x50\x90")) {
    return "application/x-bzip2";
  }
  if (bytes.starts_with("<<< ") && has("Disk Image >>>", 64)) return "application/x-virtualbox-vdi";
  if (bytes.starts_with("FORM") && (part(8, 4) == "AIFF" || part(8, 4) == "AIFC"))
    return "audio/aiff";
  if (bytes.starts_with("FOR1") && part(8, 4) == "BEAM") return "application/x-erlang-beam";
  if (bytes.starts_with("OggS")) return has("\x80theora", 128) ? "video/ogg" : "audio/ogg";
  if (bytes.starts_with("\x1a\x45\xdf\xa3"))
    return has("webm", 64) ? "video/webm" : "video/x-matroska";
  if (bytes.starts_with("BM") && part(6, 4) == "\0\0\0\0"sv) return "image/bmp";
  if ((bytes.starts_with("\0\0\x01\0"sv) || bytes.starts_with("\0\0\x02\0"sv)) &&
      little(bytes, 4, 2) > 0 && little(bytes, 4, 2) < 256 && part(9, 1) == "\0"sv) {
    return "image/x-icon";
  }
  if (bytes.starts_with("\x01\0\0\0"sv) && part(40, 4) == " EMF") return "image/emf";
  if (bytes.size() > 2 && bytes[0] == '\xff' && (bytes[1] & 0xe6) == 0xe2 &&
      (bytes[2] & 0xf0) != 0xf0 && (bytes[2] & 0x0c) != 0x0c) {
    return "audio/mpeg";  // A frame's head, without a tag before it.
  }
  if (bytes.size() > 376 && bytes[0] == 'G' && bytes[188] == 'G' && bytes[376] == 'G')
    return "video/mp2t";
  if (bytes.starts_with("MZ")) {
    const std::uint64_t at = little(bytes, 0x3c, 4);
    // A head beyond the bytes at hand is Windows' as well: DOS programs have none.
    if (at >= 0x40 && at < (1U << 28) && bytes.size() > 0x40 &&
        (at + 4 > bytes.size() || part(at, 4) == "PE\0\0"sv || part(at, 2) == "NE" ||
         part(at, 2) == "LE")) {
      return "application/vnd.microsoft.portable-executable";
    }
    return bytes.size() >= 28 ? "application/x-dosexec" : "";
  }
  if (bytes.starts_with("\xca\xfe\xba\xbe")) {
    // Both begin so: a class tells its version next, a fat binary how many it holds.
    const bool fat =
        bytes.size() >= 8 && part(4, 3) == "\0\0\0"sv && static_cast<unsigned char>(bytes[7]) < 40;
    return fat ? "application/x-mach-binary" : "application/java-vm";
  }
  if (bytes.size() > 16 && little(bytes, 0, 8) < (100U << 20) &&
      bytes.substr(8).starts_with("{\"")) {
    return "application/x-safetensors";
  }
  if (bytes.size() >= 32 && (bytes[0] == 0x03 || bytes[0] == '\x83' || bytes[0] == '\xf5') &&
      bytes[2] >= 1 && bytes[2] <= 12 && bytes[3] >= 1 && bytes[3] <= 31 &&
      little(bytes, 8, 2) % 32 == 1 && part(12, 2) == "\0\0"sv) {
    return "application/x-dbf";
  }
  return {};
}

bool is_tar(std::string_view bytes) {
  if (bytes.size() < 512 || bytes[0] == 0) return false;
  unsigned stated = 0;
  bool digits = false;
  for (const char c : bytes.substr(148, 8)) {
    if (c < '0' || c > '7') {
      if (digits) break;
      if (c != ' ') return false;
      continue;
    }
    stated = stated * 8 + static_cast<unsigned>(c - '0');
    digits = true;
  }
  unsigned sum = 8 * ' ';
  for (std::size_t i = 0; i < 512; ++i) {
    if (i < 148 || i >= 156) sum += static_cast<unsigned char>(bytes[i]);
  }
  return digits && sum == stated;
}

// DER (X.690): what a SEQUENCE begins with. "" where it is none that we know.
std::string_view type_of_der(std::string_view bytes, bool& encrypted) {
  if (bytes.size() < 16 || bytes[0] != 0x30) return {};
  const auto length = static_cast<unsigned char>(bytes[1]);
  if (length < 0x20 || length == 0x80 || length > 0x84) return {};
  const std::string_view inside = bytes.substr(length < 0x80 ? 2 : 2 + (length & 0x7f));
  if (inside.starts_with("\x02\x01\x03\x30")) {  // RFC 7292 section 4: version 3, authSafe
    encrypted = true;
    return "application/pkcs12";
  }
  if (inside.starts_with("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07")) {  // RFC 5652
    encrypted = inside.size() > 10 && inside[10] == 3;                   // envelopedData
    return "application/pkcs7-mime";
  }
  if (inside.starts_with("\x02\x01\0\x30"sv) || inside.starts_with("\x02\x01\0\x02"sv)) {
    return "application/pkcs8";  // RFC 5208, or an RSA key alone
  }
  // A certificate is a SEQUENCE of a SEQUENCE whose version is 3 (RFC 5280 section 4.1).
  const std::size_t at = inside.substr(0, 8).find("\xa0\x03\x02\x01");
  if (inside[0] == 0x30 && at != inside.npos) return "application/pkix-cert";
  return {};
}

std::string_view type_of_pgp(std::string_view bytes, bool& encrypted) {
  if (bytes.size() < 16) return {};
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  if ((byte(0) & 0x80) == 0) return {};
  const bool old = (byte(0) & 0x40) == 0;
  const unsigned tag = old ? byte(0) >> 2 & 0x0f : byte(0) & 0x3f;
  const unsigned size = byte(0) & 3;
  if (old && size > 1) return {};
  const std::size_t body = (old ? size == 0 : byte(1) < 192) ? 2 : 3;
  const unsigned version = byte(body);
  if (tag == 1 && version == 3) {  // eight bytes of the key's name, an algorithm
    const unsigned algorithm = byte(body + 9);
    encrypted = algorithm == 1 || algorithm == 16 || algorithm == 18 || algorithm == 25;
    return encrypted ? "application/pgp-encrypted" : "";
  }
  if (tag == 3 && version >= 4 && version <= 6) {  // a cipher, and how the key is made
    encrypted = byte(body + 1) >= 1 && byte(body + 1) <= 13 && byte(body + 2) <= 4;
    return encrypted ? "application/pgp-encrypted" : "";
  }
  const unsigned algorithm = byte(body + 5);
  const bool key =
      (tag == 5 || tag == 6) && version >= 4 && version <= 6 && algorithm >= 1 && algorithm <= 28;
  return key ? "application/pgp-keys" : "";
}

bool rar_encrypted(std::string_view bytes) {
  if (bytes.starts_with("Rar!\x1a\x07\0"sv)) {  // RAR 4: main header, then the first file's
    if (bytes.size() < 13) return false;
    if ((little(bytes, 10, 2) & 0x0080) != 0) return true;
    const std::size_t file = 7 + little(bytes, 12, 2);
    return file + 5 <= bytes.size() && bytes[file + 2] == 0x74 &&
           (little(bytes, file + 3, 2) & 0x4) != 0;
  }
  // RAR 5: blocks of crc (4), size, type, flags, extra size, data size ..., numbers of 7 bits a
  // byte.
  std::size_t at = 8;
  for (int block = 0; block < 4 && at + 4 < bytes.size(); ++block) {
    at += 4;
    const auto read = [&]() -> std::uint64_t {
      std::uint64_t out = 0;
      for (int shift = 0; at < bytes.size() && shift < 63; shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes[at++]);
        out |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) break;
      }
      return out;
    };
    const std::uint64_t size = read();
    if (size > bytes.size()) return false;
    const std::size_t end = at + size;
    const std::uint64_t type = read();
    const std::uint64_t flags = read();
    if (type == 4) return true;  // Everything behind it is encrypted.
    const std::uint64_t extra = (flags & 1) != 0 ? read() : 0;
    if (type == 2 && extra > 2 && extra <= size && end <= bytes.size()) {
      at = end - extra;
      const std::uint64_t record = read();
      if (record > 0 && read() == 1) return true;
    }
    if (type != 1) return false;
    at = end;
  }
  return false;
}

}  // namespace sallyport::discovery
