#include "discovery/files/sniff.h"

#include <algorithm>
#include <iterator>

#include "base/core/text.h"
#include "discovery/files/compound_file.h"
#include "discovery/files/zip_walk.h"

namespace sallyport::discovery {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::size_t at;
  std::string_view bytes;
  std::string_view type;
  bool encrypted = false;
};

// The first that fits counts. What has few bytes stands behind what has many.
// clang-format off
constexpr Magic kMagics[] = {
    {0, "\x89PNG\r\n\x1a\n"sv, "image/png"},
    {0, "\xff\xd8\xff"sv, "image/jpeg"},
    {0, "GIF87a"sv, "image/gif"},
    {0, "GIF89a"sv, "image/gif"},
    {0, "8BPS\0"sv, "image/vnd.adobe.photoshop"},
    {0, "II*\0\x10\0\0\0CR"sv, "image/x-canon-cr2"},
    {0, "II*\0"sv, "image/tiff"},
    {0, "MM\0*"sv, "image/tiff"},
    {0, "II+\0"sv, "image/tiff"},
    {0, "MM\0+"sv, "image/tiff"},
    {0, "FUJIFILMCCD-RAW"sv, "image/x-fuji-raf"},
    {0, "IIRO"sv, "image/x-olympus-orf"},
    {0, "IIRS"sv, "image/x-olympus-orf"},
    {0, "\0\0\0\x0cJXL \r\n\x87\n"sv, "image/jxl"},
    {0, "\xff\x0a"sv, "image/jxl"},
    {0, "\0\0\0\x0cjP  \r\n\x87\n"sv, "image/jp2"},
    {0, "\xff\x4f\xff\x51"sv, "image/jp2"},
    {0, "gimp xcf "sv, "image/x-xcf"},
    {0, "\x76\x2f\x31\x01"sv, "image/x-exr"},
    {0, "DDS \x7c\0\0\0"sv, "image/vnd.ms-dds"},
    {0, "icns"sv, "image/icns"},
    {0, "\xd7\xcd\xc6\x9a"sv, "image/wmf"},
    {0, "#?RADIANCE\n"sv, "image/vnd.radiance"},
    {0, "BPG\xfb"sv, "image/bpg"},
    {0, "AC10"sv, "image/vnd.dwg"},
    {128, "DICM"sv, "application/dicom"},
    {0, "AT&TFORM"sv, "image/vnd.djvu"},

    {0, "{\\rtf"sv, "application/rtf"},
    {0, "%!PS"sv, "application/postscript"},
    {0, "\xc5\xd0\xd3\xc6"sv, "application/postscript"},
    {0, "ITSF\x03\0\0\0"sv, "application/vnd.ms-htmlhelp"},
    {0, "HWP Document File"sv, "application/x-hwp"},
    {0, "\xffWPC"sv, "application/vnd.wordperfect"},
    {0, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d"sv, "application/onenote"},
    {0, "\xa1\x2f\xff\x43\xd9\xef\x76\x4c"sv, "application/onenote"},

    {0, "fLaC"sv, "audio/flac"},
    {0, "MThd\0\0\0\x06"sv, "audio/midi"},
    {0, "#!AMR"sv, "audio/amr"},
    {0, ".snd\0\0"sv, "audio/basic"},
    {0, "caff\0\x01"sv, "audio/x-caf"},
    {0, "\xff\xf1"sv, "audio/aac"},
    {0, "\xff\xf9"sv, "audio/aac"},
    {0, "ADIF"sv, "audio/aac"},
    {0, "FLV\x01"sv, "video/x-flv"},
    {0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11"sv, "video/x-ms-asf"},
    {0, "\0\0\x01\xba"sv, "video/mpeg"},
    {0, "\0\0\x01\xb3"sv, "video/mpeg"},

    {0, "\x1f\x8b\x08"sv, "application/gzip"},
    {0, "\xfd\x37zXZ\0"sv, "application/x-xz"},
    {0, "\x28\xb5\x2f\xfd"sv, "application/zstd"},
    {0, "\x04\x22\x4d\x18"sv, "application/x-lz4"},
    {0, "7z\xbc\xaf\x27\x1c"sv, "application/x-7z-compressed"},
    {0, "Rar!\x1a\x07"sv, "application/vnd.rar"},
    {257, "ustar"sv, "application/x-tar"},
    {0, "MSCF\0\0\0\0"sv, "application/vnd.ms-cab-compressed"},
    {0, "\x60\xea"sv, "application/x-arj"},
    {2, "-lh"sv, "application/x-lzh"},
    {2, "-lz"sv, "application/x-lzh"},
    {0, "\x1f\x9d"sv, "application/x-compress"},
    {0, "\x1f\xa0"sv, "application/x-compress"},
    {0, "LZIP\x01"sv, "application/x-lzip"},
    {0, "\x5d\0\0"sv, "application/x-lzma"},
    {0, "070701"sv, "application/x-cpio"},
    {0, "070702"sv, "application/x-cpio"},
    {0, "070707"sv, "application/x-cpio"},
    {0, "\xc7\x71"sv, "application/x-cpio"},
    {0, "!<arch>\ndebian"sv, "application/vnd.debian.binary-package"},
    {0, "!<arch>\n"sv, "application/x-archive"},
    {0, "xar!"sv, "application/x-xar"},
    {0, "SIT!\0"sv, "application/x-stuffit"},
    {0, "StuffIt "sv, "application/x-stuffit"},
    {7, "**ACE**"sv, "application/x-ace"},
    {0, "MSWIM\0\0\0"sv, "application/x-ms-wim"},
    {0, "hsqs"sv, "application/vnd.squashfs"},
    {0, "sqsh"sv, "application/vnd.squashfs"},
    {0, "KDMV"sv, "application/x-vmdk"},
    {0, "COWD"sv, "application/x-vmdk"},
    {0, "# Disk DescriptorFile"sv, "application/x-vmdk"},
    {0, "conectix"sv, "application/x-vhd"},
    {0, "vhdxfile"sv, "application/x-vhdx"},
    {0, "QFI\xfb"sv, "application/x-qcow2"},
    {0, "encrcdsa"sv, "application/x-apple-diskimage", true},
    {0, "\xed\xab\xee\xdb"sv, "application/x-rpm"},
    {0, "Cr24"sv, "application/x-chrome-extension"},

    {0, "\x7f" "ELF"sv, "application/x-elf"},
    {0, "\xfe\xed\xfa\xce"sv, "application/x-mach-binary"},
    {0, "\xfe\xed\xfa\xcf"sv, "application/x-mach-binary"},
    {0, "\xce\xfa\xed\xfe"sv, "application/x-mach-binary"},
    {0, "\xcf\xfa\xed\xfe"sv, "application/x-mach-binary"},
    {0, "\0asm"sv, "application/wasm"},
    {0, "dex\n0"sv, "application/vnd.android.dex"},
    {2, "\x0d\x0a\0\0\0\0"sv, "application/x-python-bytecode"},
    {0, "L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0"sv, "application/x-ms-shortcut"},
    {0, "\x1bLua"sv, "application/x-lua-bytecode"},
    {0, "BC\xc0\xde"sv, "application/x-llvm-bitcode"},
    {0, "FasdUAS 1.1"sv, "application/x-applescript"},

    {0, "\xfe\xed\xfe\xed\0\0\0"sv, "application/x-java-keystore"},
    {0, "\xce\xce\xce\xce\0\0\0"sv, "application/x-java-keystore"},
    {0, "\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5"sv, "application/x-keepass", true},
    {0, "\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5"sv, "application/x-keepass", true},

    {0, "SQLite format 3\0"sv, "application/vnd.sqlite3"},
    {0, "\0\x01\0\0Standard Jet DB\0"sv, "application/x-msaccess"},
    {0, "\0\x01\0\0Standard ACE DB\0"sv, "application/x-msaccess"},
    {0, "PAR1"sv, "application/vnd.apache.parquet"},
    {0, "PARE"sv, "application/vnd.apache.parquet", true},
    {0, "Obj\x01"sv, "application/avro"},
    {0, "ORC\x08"sv, "application/x-orc"},
    {0, "ORC\x0a"sv, "application/x-orc"},
    {0, "\x89HDF\r\n\x1a\n"sv, "application/x-hdf5"},
    {0, "PGDMP"sv, "application/x-postgresql-dump"},
    {0, "ARROW1"sv, "application/vnd.apache.arrow.file"},
    {0, "REDIS0"sv, "application/x-redis-dump"},
    {0, "\xfe\x01\x09"sv, "application/x-mysql-table"},

    {0, "!BDN"sv, "application/vnd.ms-outlook-pst"},
    {0, "\x78\x9f\x3e\x22"sv, "application/vnd.ms-tnef"},

    {0, "Salted__"sv, "application/x-openssl-encrypted", true},
    {0, "LUKS\xba\xbe"sv, "application/x-luks", true},
    {3, "-FVE-FS-"sv, "application/x-bitlocker", true},
    {0, "\xc0\xb9\x07\x2e\x4f\x93\xf1\x46\xa0\x15\x79\x2c\xa1\xd9\xe8\x21"sv, "application/x-axcrypt", true},
    {0, ".pfile"sv, "application/x-rms-protected", true},
    {0, "\0GITCRYPT\0"sv, "application/x-git-crypt", true},
    {0, "age-encryption.org/v1\n"sv, "application/x-age-encrypted", true},

    {0, "OTTO\0"sv, "font/otf"},
    {0, "\0\x01\0\0\0"sv, "font/ttf"},
    {0, "true\0"sv, "font/ttf"},
    {0, "ttcf\0"sv, "font/collection"},
    {0, "wOFF"sv, "font/woff"},
    {0, "wOF2"sv, "font/woff2"},
    {0, "\xd4\xc3\xb2\xa1"sv, "application/vnd.tcpdump.pcap"},
    {0, "\xa1\xb2\xc3\xd4"sv, "application/vnd.tcpdump.pcap"},
    {0, "\x4d\x3c\xb2\xa1"sv, "application/vnd.tcpdump.pcap"},
    {0, "\xa1\xb2\x3c\x4d"sv, "application/vnd.tcpdump.pcap"},
    {0, "\x0a\x0d\x0d\x0a"sv, "application/vnd.tcpdump.pcap"},
    {0, "ElfFile\0"sv, "application/x-ms-evtx"},
    {0, "d8:announce"sv, "application/x-bittorrent"},
    {0, "d10:created by"sv, "application/x-bittorrent"},
    {0, "glTF"sv, "model/gltf-binary"},
    {0, "GGUF"sv, "application/x-gguf"},
    {0, "\x93NUMPY"sv, "application/x-numpy"},
    {0, "bplist0"sv, "application/x-bplist"},
    {0, "SIMPLE  =  "sv, "application/x-fits"},
    {0, "MATLAB 5.0 MAT-file"sv, "application/x-matlab"},
};
// clang-format on

bool is_written(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool is_text_magic(std::string_view type) {
  return type == "application/rtf" || type == "application/postscript";
}

std::uint64_t little(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t out = 0;
  for (std::size_t i = size; i > 0 && at + size <= bytes.size(); --i) {
    out = out << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  }
  return out;
}

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

// A header of tar before POSIX: its checksum is right.
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

// Packets of OpenPGP (RFC 9580 section 5): a session key for somebody or for a passphrase begins a
// message; a key begins keys.
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

}  // namespace

Sniffed sniff(std::string_view first_bytes, bool whole) {
  Sniffed seen;
  const std::string_view bytes = first_bytes.substr(0, kSniffBytes);
  const auto is = [&](std::string_view type) {
    const FileKind* const found = find_file_kind(type);
    if (found != nullptr) seen.kind = found;
    return seen;
  };
  if (bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06") ||
      bytes.starts_with("PK00PK\x03\x04")) {
    ZipWalk walk;
    walk.feed(bytes);
    seen.kind = &walk.kind();
    seen.encrypted = walk.encrypted();
    seen.macros = walk.macros();
    seen.corrupted = whole && bytes.size() == first_bytes.size() && !walk.complete();
    return seen;
  }
  if (const auto directory = CompoundFile::directory_offset(bytes)) {
    CompoundFile file;
    file.read_front(bytes);
    if (*directory < bytes.size()) file.read_directory(bytes.substr(*directory));
    seen.kind = &file.kind();
    seen.encrypted = file.encrypted();
    seen.macros = file.macros();
    seen.corrupted = whole && *directory >= first_bytes.size();
    return seen;
  }
  if (bytes.starts_with("%PDF-")) return is("application/pdf");
  for (const Magic& magic : kMagics) {
    if (magic.at >= bytes.size() || !bytes.substr(magic.at).starts_with(magic.bytes)) continue;
    // A few letters begin a text as well, unless what they begin is written in letters itself.
    bool ignored = false;
    if (magic.bytes.size() <= 6 && is_written(magic.bytes) && !is_text_magic(magic.type) &&
        sniff_text(bytes, ignored) != nullptr) {
      continue;
    }
    seen.encrypted = magic.encrypted;
    if (magic.type == "application/vnd.rar") seen.encrypted = rar_encrypted(bytes);
    return is(magic.type);
  }
  if (const std::string_view type = type_by_structure(bytes); !type.empty()) return is(type);
  // Readers look for it within the first KiB (ISO 32000-1, annex H.3.4.1).
  if (bytes.substr(0, 1024).find("\n%PDF-") != bytes.npos) return is("application/pdf");
  if (is_tar(bytes)) return is("application/x-tar");
  if (const FileKind* const text = sniff_text(bytes, seen.encrypted)) {
    seen.kind = text;
    return seen;
  }
  if (const std::string_view type = type_of_der(bytes, seen.encrypted); !type.empty())
    return is(type);
  if (const auto type = type_of_pgp(bytes, seen.encrypted); !type.empty()) return is(type);
  return seen;
}

}  // namespace sallyport::discovery
