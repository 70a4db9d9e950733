#pragma once
// A log in a format of its operator's: Squid's `logformat`, as it stands in squid.conf, without its
// name:
//
//   %ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt "%{User-Agent}>h"
//
//   codes that yield  ts tu tl tg      time (tl is in the operator's zone where it names none)
//                     >a               client
//                     un ul ue ui      user, percent-decoded
//                     ru >ru <ru       scheme, host, port, path
//                     rs >rs rd >rd rP >rP rp >rp   the same in pieces
//                     ssl::>sni        host
//                     <a <p            server, port
//                     rm >rm           method
//                     <st >st          bytes down, up
//                     st               bytes in all
//                     >Hs <Hs Hs       status
//                     Ss               action (..._DENIED)
//                     mt               content type
//                     {User-Agent}>h {Host}>h
//
// Every other code is passed over. A value goes up to what stands behind its code in the format, so
// something must; in quotes and brackets up to their end.
//
// Immutable; a parser borrows it as shared_ptr.

#include <memory>
#include <string>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"
#include "discovery/imports/fields.h"

namespace sallyport::discovery::imports {

class LineLayout {
 public:
  static constexpr std::size_t kMaxText = 4096;  // bytes of a format
  static constexpr std::size_t kMaxPieces = 128;

  static Checked<std::shared_ptr<const LineLayout>> parse(const Spanned<std::string>& written);

  // Puts what a line says into `fields`; false where it has another shape. `decoded` gets what had
  // to be changed, and outlives them.
  bool take(std::string_view line, Fields& fields, std::string& decoded) const;

 private:
  friend class LayoutReader;

  enum class Special : std::uint8_t { none, seconds, fraction };
  struct Piece {
    Role role = Role::none;
    std::uint8_t rank = 0;
    Special special = Special::none;
    bool percent = false;  // percent-encoded
    std::string behind;    // the text up to the next code; "" of the last: to the end
  };

  std::string front_;  // before the first code
  std::vector<Piece> pieces_;
};

}  // namespace sallyport::discovery::imports
