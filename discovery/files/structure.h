#pragma once
// Kinds of files that no fixed bytes show: lengths, names, checksums and encodings have to be read.
// Each is given a file's first bytes, any number of them, and tells a media type, or "".

#include <string_view>

namespace sallyport::discovery {

// Containers that name what they hold, programs, sound and films.
std::string_view type_by_structure(std::string_view bytes);

// A header of tar before POSIX: its checksum is right.
bool is_tar(std::string_view bytes);

// DER (X.690): keys, certificates and messages that are signed or encrypted.
std::string_view type_of_der(std::string_view bytes, bool& encrypted);

// Packets of OpenPGP (RFC 9580 section 5): a session key for somebody or for a passphrase begins a
// message; a key begins keys.
std::string_view type_of_pgp(std::string_view bytes, bool& encrypted);

// Of an archive of RAR: its headers, or its first file.
bool rar_encrypted(std::string_view bytes);

}  // namespace sallyport::discovery
