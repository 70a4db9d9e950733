#include "discovery/files/file_kind.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "base/core/check.h"

namespace sallyport::discovery {
namespace {

using enum FileFamily;

// clang-format off
constexpr FileKind kKinds[] = {
    {"application/avro", "avro", database},
    {"application/dicom", "dcm dicom", image, false},
    {"application/encrypted-office", "docx xlsx pptx docm xlsm pptm dotx xltx potx xlsb ppsx doc xls ppt vsdx", document},
    {"application/epub+zip", "epub", document},
    {"application/gzip", "gz tgz svgz emz", archive},
    {"application/hta", "hta", script, false},
    {"application/hwp+zip", "hwpx", document},
    {"application/java-archive", "jar war ear", executable, false},
    {"application/java-vm", "class", executable},
    {"application/json", "json map geojson har ipynb webmanifest", text, false},
    {"application/mbox", "mbox mbx", mail, false},
    {"application/msword", "doc dot wiz", document},
    {"application/octet-stream", "bin dat", other, false},
    {"application/onenote", "one onetoc2", document},
    {"application/pdf", "pdf ai", document},
    {"application/pgp-encrypted", "pgp gpg asc", other, false},
    {"application/pgp-keys", "asc gpg pgp key", key, false},
    {"application/pgp-signature", "asc sig", other, false},
    {"application/pkcs10", "csr p10 req", key, false},
    {"application/pkcs12", "p12 pfx", key},
    {"application/pkcs7-mime", "p7m p7c p7b p7s", key, false},
    {"application/pkcs8", "p8 key der", key, false},
    {"application/pkix-cert", "cer der crt", key, false},
    {"application/postscript", "ps eps ai", document},
    {"application/rtf", "rtf doc", document},
    {"application/sql", "sql", database, false},
    {"application/vnd.android.dex", "dex", executable},
    {"application/vnd.android.package-archive", "apk apkm xapk", executable},
    {"application/vnd.apache.arrow.file", "arrow feather", database},
    {"application/vnd.apache.parquet", "parquet", database},
    {"application/vnd.apple.iwork", "pages numbers key keynote", document, false},
    {"application/vnd.debian.binary-package", "deb udeb", executable},
    {"application/vnd.microsoft.portable-executable", "exe dll sys scr cpl ocx drv efi com mui pyd xll node", executable},
    {"application/vnd.ms-appx", "appx msix appxbundle msixbundle", executable},
    {"application/vnd.ms-cab-compressed", "cab msu", archive},
    {"application/vnd.ms-excel", "xls xlt xla xlm xlw", spreadsheet},
    {"application/vnd.ms-excel.sheet.binary.macroenabled.12", "xlsb", spreadsheet},
    {"application/vnd.ms-excel.sheet.macroenabled.12", "xlsm xltm xlam", spreadsheet},
    {"application/vnd.ms-htmlhelp", "chm", document},
    {"application/vnd.ms-outlook", "msg oft", mail},
    {"application/vnd.ms-outlook-pst", "pst ost", mail},
    {"application/vnd.ms-powerpoint", "ppt pps pot ppa", presentation},
    {"application/vnd.ms-powerpoint.presentation.macroenabled.12", "pptm ppsm potm ppam", presentation},
    {"application/vnd.ms-project", "mpp mpt", document},
    {"application/vnd.ms-tnef", "dat tnef", mail, false},
    {"application/vnd.ms-visio.drawing", "vsdx vssx vstx vsdm vssm vstm", document},
    {"application/vnd.ms-word.document.macroenabled.12", "docm dotm", document},
    {"application/vnd.ms-xpsdocument", "xps oxps dwfx", document},
    {"application/vnd.nuget.package", "nupkg snupkg", archive},
    {"application/vnd.oasis.opendocument.base", "odb", database},
    {"application/vnd.oasis.opendocument.formula", "odf", document},
    {"application/vnd.oasis.opendocument.graphics", "odg otg", document},
    {"application/vnd.oasis.opendocument.presentation", "odp otp", presentation},
    {"application/vnd.oasis.opendocument.spreadsheet", "ods ots", spreadsheet},
    {"application/vnd.oasis.opendocument.text", "odt ott odm", document},
    {"application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx ppsx potx", presentation},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx xltx", spreadsheet},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx dotx", document},
    {"application/vnd.rar", "rar cbr", archive},
    {"application/vnd.sqlite3", "sqlite sqlite3 db db3 s3db", database, false},
    {"application/vnd.squashfs", "squashfs sqsh snap sfs", archive},
    {"application/vnd.tcpdump.pcap", "pcap cap pcapng dmp", other, false},
    {"application/vnd.visio", "vsd vss vst", document},
    {"application/vnd.wordperfect", "wpd wp", document},
    {"application/wasm", "wasm", executable},
    {"application/x-7z-compressed", "7z cb7", archive},
    {"application/x-ace", "ace", archive},
    {"application/x-age-encrypted", "age", other},
    {"application/x-age-key", "txt key", key, false},
    {"application/x-ansible-vault", "yml yaml", other, false},
    {"application/x-apple-diskimage", "dmg", archive, false},
    {"application/x-apple-plist", "plist", other, false},
    {"application/x-applescript", "scpt", executable},
    {"application/x-archive", "a lib", archive},
    {"application/x-arj", "arj", archive},
    {"application/x-axcrypt", "axx", other},
    {"application/x-bat", "bat cmd", script, false},
    {"application/x-bitlocker", "img vhd", other, false},
    {"application/x-bittorrent", "torrent", other},
    {"application/x-bplist", "plist", other, false},
    {"application/x-bzip2", "bz2 tbz2 tbz", archive},
    {"application/x-chrome-extension", "crx", executable},
    {"application/x-compress", "z taz", archive},
    {"application/x-cpio", "cpio", archive},
    {"application/x-dbf", "dbf", database, false},
    {"application/x-dosexec", "exe com", executable},
    {"application/x-elf", "elf so o bin ko axf out run appimage node", executable, false},
    {"application/x-erlang-beam", "beam", executable},
    {"application/x-fits", "fits fit", other},
    {"application/x-gguf", "gguf", other},
    {"application/x-git-crypt", "", other, false},
    {"application/x-hdf5", "h5 hdf5 he5 hdf", database},
    {"application/x-httpd-php", "php phtml php5 phar", script, false},
    {"application/x-hwp", "hwp", document},
    {"application/x-ios-app", "ipa", executable},
    {"application/x-iso9660-image", "iso", archive, false},
    {"application/x-java-keystore", "jks keystore jceks", key, false},
    {"application/x-keepass", "kdbx kdb", key},
    {"application/x-llvm-bitcode", "bc", executable},
    {"application/x-lua-bytecode", "luac", executable},
    {"application/x-luks", "luks img", other, false},
    {"application/x-lz4", "lz4", archive},
    {"application/x-lzh", "lzh lha", archive},
    {"application/x-lzip", "lz tlz", archive},
    {"application/x-lzma", "lzma", archive, false},
    {"application/x-mach-binary", "dylib macho bundle o so", executable, false},
    {"application/x-matlab", "mat", other, false},
    {"application/x-ms-evtx", "evtx", other},
    {"application/x-ms-registry", "reg", script, false},
    {"application/x-ms-shortcut", "lnk", executable},
    {"application/x-ms-wim", "wim esd swm", archive},
    {"application/x-msaccess", "mdb accdb mde accde", database},
    {"application/x-msi", "msi msp mst", executable},
    {"application/x-mspublisher", "pub", document, false},
    {"application/x-mysql-table", "frm ibd", database, false},
    {"application/x-numpy", "npy", other},
    {"application/x-oab", "oab", mail, false},
    {"application/x-ole-storage", "ole", document, false},
    {"application/x-openssh-key", "key pem", key, false},
    {"application/x-openssl-encrypted", "", other, false},
    {"application/x-orc", "orc", database},
    {"application/x-pem-certificate", "pem crt cer cert ca-bundle", key, false},
    {"application/x-pem-key", "pem key", key, false},
    {"application/x-postgresql-dump", "dump backup", database, false},
    {"application/x-powershell", "ps1 psm1 psd1", script, false},
    {"application/x-putty-key", "ppk", key},
    {"application/x-python-bytecode", "pyc pyo", executable},
    {"application/x-qcow2", "qcow2 qcow qcow3", archive},
    {"application/x-redis-dump", "rdb", database},
    {"application/x-rms-protected", "pfile ppdf ptxt pjpg ppng", other, false},
    {"application/x-rpm", "rpm", executable},
    {"application/x-safetensors", "safetensors", other},
    {"application/x-sh", "sh bash zsh ksh command", script, false},
    {"application/x-shockwave-flash", "swf", executable},
    {"application/x-ssh-public-key", "pub", key, false},
    {"application/x-stuffit", "sit sitx", archive},
    {"application/x-tar", "tar cbt gem ova", archive},
    {"application/x-tex", "tex ltx", text, false},
    {"application/x-vhd", "vhd", archive, false},
    {"application/x-vhdx", "vhdx", archive},
    {"application/x-virtualbox-vdi", "vdi", archive},
    {"application/x-vmdk", "vmdk", archive, false},
    {"application/x-wheel+zip", "whl", archive},
    {"application/x-xar", "xar pkg", archive},
    {"application/x-xz", "xz txz", archive},
    {"application/xml", "xml xsd xsl xslt rss atom kml gpx xmp wsdl pom csproj config", text, false},
    {"application/yaml", "yaml yml", text, false},
    {"application/zip", "zip cbz xpi kmz vsix aar ipsw sketch", archive},
    {"application/zstd", "zst tzst", archive},
    {"audio/aac", "aac", audio, false},
    {"audio/aiff", "aif aiff aifc", audio},
    {"audio/amr", "amr", audio},
    {"audio/basic", "au snd", audio},
    {"audio/flac", "flac", audio},
    {"audio/midi", "mid midi kar", audio},
    {"audio/mp4", "m4a m4b mp4", audio},
    {"audio/mpeg", "mp3 mpga", audio, false},
    {"audio/ogg", "ogg oga opus spx", audio},
    {"audio/wav", "wav wave", audio},
    {"audio/x-ape", "ape", audio},
    {"audio/x-caf", "caf", audio},
    {"font/collection", "ttc", other},
    {"font/otf", "otf", other},
    {"font/ttf", "ttf", other},
    {"font/woff", "woff", other},
    {"font/woff2", "woff2", other},
    {"image/avif", "avif", image},
    {"image/bmp", "bmp dib", image},
    {"image/bpg", "bpg", image},
    {"image/emf", "emf", image},
    {"image/gif", "gif", image},
    {"image/heic", "heic heif hif", image},
    {"image/icns", "icns", image},
    {"image/jp2", "jp2 jpx jpf j2k j2c", image},
    {"image/jpeg", "jpg jpeg jpe jfif", image},
    {"image/jxl", "jxl", image},
    {"image/png", "png apng", image},
    {"image/svg+xml", "svg", image, false},
    {"image/tiff", "tif tiff dng nef arw pef srw 3fr", image},
    {"image/vnd.adobe.photoshop", "psd psb", image},
    {"image/vnd.djvu", "djvu djv", document},
    {"image/vnd.dwg", "dwg", image},
    {"image/vnd.dxf", "dxf", image, false},
    {"image/vnd.ms-dds", "dds", image},
    {"image/vnd.radiance", "hdr rgbe", image},
    {"image/webp", "webp", image},
    {"image/wmf", "wmf", image, false},
    {"image/x-canon-cr2", "cr2", image},
    {"image/x-canon-cr3", "cr3", image},
    {"image/x-exr", "exr", image},
    {"image/x-fuji-raf", "raf", image},
    {"image/x-icon", "ico cur", image},
    {"image/x-olympus-orf", "orf", image},
    {"image/x-xcf", "xcf", image},
    {"message/rfc822", "eml mht mhtml", mail, false},
    {"model/gltf-binary", "glb", other},
    {"text/calendar", "ics ifb vcs", text, false},
    {"text/css", "css scss less", text, false},
    {"text/csv", "csv tsv", text, false},
    {"text/html", "html htm xhtml shtml", text, false},
    {"text/javascript", "js mjs cjs jsx", script, false},
    {"text/plain", "txt text log md markdown conf cfg ini env properties asc nfo srt rst csv tsv json ndjson jsonl", text, false},
    {"text/typescript", "ts tsx", text, false},
    {"text/vbscript", "vbs vbe wsf", script, false},
    {"text/vcard", "vcf vcard", text, false},
    {"text/x-c", "c h cc cpp cxx hpp hh", text, false},
    {"text/x-csharp", "cs", text, false},
    {"text/x-diff", "diff patch", text, false},
    {"text/x-go", "go", text, false},
    {"text/x-java", "java kt scala", text, false},
    {"text/x-lua", "lua", script, false},
    {"text/x-perl", "pl pm cgi", script, false},
    {"text/x-python", "py pyw", script, false},
    {"text/x-ruby", "rb", script, false},
    {"text/x-rust", "rs", text, false},
    {"text/x-script", "awk fish r jl groovy expect", script, false},
    {"text/x-swift", "swift", text, false},
    {"text/x-tcl", "tcl", script, false},
    {"video/3gpp", "3gp 3g2 3gpp", video},
    {"video/mp2t", "ts mts m2ts m2t", video, false},
    {"video/mp4", "mp4 m4v mp4v m4a f4v", video},
    {"video/mpeg", "mpg mpeg vob m2p", video},
    {"video/ogg", "ogv ogg", video},
    {"video/quicktime", "mov qt", video, false},
    {"video/webm", "webm", video},
    {"video/x-flv", "flv", video},
    {"video/x-matroska", "mkv mka mks mk3d", video},
    {"video/x-ms-asf", "wmv wma asf", video},
    {"video/x-msvideo", "avi", video},
};
// clang-format on

constexpr bool sorted() {
  for (std::size_t i = 1; i < std::size(kKinds); ++i) {
    if (kKinds[i - 1].type >= kKinds[i].type) return false;
  }
  return true;
}
static_assert(sorted());

constexpr std::array<std::string_view, 14> kFamilies = {
    "archive", "audio", "database",     "document", "executable",  "image", "key",
    "mail",    "other", "presentation", "script",   "spreadsheet", "text",  "video"};

// Families whose files are written in characters, so that one is easily named like another.
bool is_written(const FileKind& kind) {
  const bool written_key = kind.family == key && !kind.shows;
  return kind.family == text || kind.family == script || kind.type == "message/rfc822" ||
         kind.type == "application/mbox" || kind.type == "application/sql" ||
         kind.type == "image/svg+xml" || kind.type == "image/vnd.dxf" ||
         kind.type == "application/x-apple-plist" || kind.type == "application/x-ansible-vault" ||
         kind.type == "application/pgp-signature" || written_key;
}

}  // namespace

std::string_view word_for(FileFamily family) { return kFamilies[static_cast<std::size_t>(family)]; }

bool FileKind::has_extension(std::string_view extension) const {
  for (std::string_view rest = extensions; !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    if (rest.substr(0, end) == extension) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

std::span<const FileKind> file_kinds() { return kKinds; }

const FileKind* find_file_kind(std::string_view type) {
  const auto found = std::lower_bound(
      std::begin(kKinds), std::end(kKinds), type,
      [](const FileKind& kind, std::string_view wanted) { return kind.type < wanted; });
  return found != std::end(kKinds) && found->type == type ? found : nullptr;
}

const FileKind& unknown_file_kind() {
  static const FileKind* const kind = find_file_kind("application/octet-stream");
  CHECK(kind != nullptr);
  return *kind;
}

bool mismatch(std::string_view extension, const FileKind& sniffed) {
  if (extension.empty() || sniffed.has_extension(extension)) return false;
  const bool unknown = &sniffed == &unknown_file_kind();
  bool contradicts = false;
  for (const FileKind& kind : kKinds) {
    if (!kind.has_extension(extension)) continue;
    if (&kind == &unknown_file_kind()) return false;  // "a.bin" may be anything
    if (is_written(kind) && is_written(sniffed)) return false;
    if (!kind.shows && unknown) return false;
    contradicts = true;
  }
  return contradicts;
}

}  // namespace sallyport::discovery
