#pragma once
// Files that travel in several requests: which transfers have begun, what of them has come, and
// what they come to when they are finished. For uploads in parts (tus, S3, Google, Microsoft ...).
//
//   book.start({app, instance, session}, user, facts, now);
//   TransferPart part = book.part({app, instance, session}, user, {.offset = 0}, now);
//   part.feed(piece); ... part.end(now);                       // or end_broken()
//   const auto result = book.finish({app, instance, session}, now);
//
// Parts may come out of order, at the same time, and again:
//   size      what the parts cover, each byte once
//   complete  they cover all of the stated size; where none is stated, all from the first byte on.
//             Not where the transfer was forgotten in between, or where parts that say neither
//             place nor number came to one that nobody began (Azure: a list puts its blocks in
//             order)
//   sha256    of the whole, where the parts came in order, each begun after the one before had
//             ended; the last part may come again, and then counts instead. Else none, and why
//   seen      what the bytes show (sniffer.h), as far as they came in order
// A part that breaks off counts as not sent, until one goes on within it: what of it has arrived
// only the other side knows.
//
// Thread rule: the book may be used by any thread; a part by one at a time. Hashing is done outside
// of the locks, of which there is one for each of kShards shards. Of a session, which is often a
// secret, only a digest is kept.
//
// Bounds: `most` transfers, of about 24 KiB at worst (4 KiB mostly) and their facts. Past them the
// one that was not used for longest goes, and is counted. Lifetime: the book outlives its parts.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto/sha256.h"
#include "discovery/files/sniff.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

struct TransferKey {
  std::string_view app;
  std::string_view instance;  // or the host
  std::string_view session;   // an upload's id, or its address
};

// Where a part belongs, as far as it is told. Neither: behind the last.
struct TransferPlace {
  std::optional<std::uint64_t> offset;  // of its first byte in the file
  std::optional<std::uint64_t> number;  // parts are counted, from 0 or 1 on
};

struct TransferResult {
  policy::FileFacts file;  // as the start told
  bool started = false;    // whether the start was seen
  std::uint64_t size = 0;
  std::uint64_t parts = 0;  // that were whole, repetitions too
  bool complete = false;
  bool begun = false;  // the part that stands first has come
  std::optional<Sha256Digest> sha256;
  std::string_view no_sha256;  // why there is none: "out of order", "changed", "broken off"; or ""
  std::uint64_t front = 0;     // bytes from the first on of which `seen` and `sha256` tell
  Sniffed seen;
};

class TransferBook;

// One part while it passes. One that is destroyed without its end is broken off.
class TransferPart {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  TransferPart(TransferPart&&) noexcept;
  TransferPart& operator=(TransferPart&&) = delete;
  ~TransferPart();

  void feed(std::string_view bytes);
  // What the transfer would come to if this part ended now, and no other came: before it is sent
  // at all, where its bytes are held. `ends`: the file ends with it. Nothing where the transfer is
  // gone. Changes nothing.
  std::optional<TransferResult> so_far(bool ends) const;
  // Whether the part goes on where the bytes that are known end. One that does not, out of order,
  // shows nothing of how the file begins, unless it is the first.
  bool in_order() const;
  // All of it has been sent, and taken. Nothing is to be fed then.
  void end(Moment now);
  void end_broken(Moment now);

 private:
  friend class TransferBook;
  struct State;
  explicit TransferPart(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class TransferBook {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kShards = 8;

  struct Options {
    std::size_t most = 4096;  // transfers
    // Of one user. They fall into shards by chance, each of which holds its share of this: one of
    // more than half of it may go early.
    std::size_t most_per_user = 512;
    // A transfer without a request for so long is forgotten. Most services keep theirs for a day to
    // a week; one that goes on later is told as one whose start was not seen.
    std::chrono::seconds idle = std::chrono::hours(24);
    std::size_t most_ranges = 64;  // that parts out of order may leave, of one transfer
  };

  TransferBook();
  explicit TransferBook(const Options& options);
  ~TransferBook();
  TransferBook(const TransferBook&) = delete;
  TransferBook& operator=(const TransferBook&) = delete;

  // A transfer that has the same key is forgotten.
  void start(const TransferKey& key, std::string_view user, policy::FileFacts file, Moment now);
  // A start that brings bytes of the file already, but learns its session from the reply only: what
  // was fed under `provisional` goes on under `key`. As start() where nothing was. REQUIRES: the
  // parts of `provisional` have ended.
  void start_from(const TransferKey& provisional, const TransferKey& key, std::string_view user,
                  policy::FileFacts file, Moment now);
  // Of a transfer that is not known one begins here.
  TransferPart part(const TransferKey& key, std::string_view user, const TransferPlace& place,
                    Moment now);
  // Nothing where there is no such transfer. Parts that end later count no more.
  std::optional<TransferResult> finish(const TransferKey& key, Moment now);
  // The same, but only where its size was stated and all of it has come: where no request says that
  // it ends (tus).
  std::optional<TransferResult> finish_if_complete(const TransferKey& key, Moment now);
  // What finish() would give. Changes nothing.
  std::optional<TransferResult> look(const TransferKey& key) const;
  // The same without what the bytes show, which costs less: the facts of its start, the size.
  std::optional<TransferResult> look_at_size(const TransferKey& key) const;
  // Whether there was one.
  bool cancel(const TransferKey& key);

  std::size_t size() const;
  struct Counts {
    std::uint64_t begun = 0;
    std::uint64_t finished = 0;
    std::uint64_t cancelled = 0;
    std::uint64_t expired = 0;
    std::uint64_t evicted = 0;     // for want of room
    std::uint64_t late_parts = 0;  // that ended when their transfer was gone
  };
  Counts counts() const;

 private:
  friend class TransferPart;
  struct Transfer;
  struct Shard;
  using Digest = Sha256Digest;

  std::optional<TransferResult> take(const TransferKey& key, Moment now, bool only_complete);
  // `ends`: no more of the file comes.
  static TransferResult result_of(Transfer& transfer, bool ends, bool with_bytes = true);
  // The part has ended whole. `version` is given to what is known from then on.
  static void add(Transfer& transfer, TransferPart::State& part, std::uint64_t version);
  std::optional<TransferResult> so_far(const TransferPart::State& part, bool ends) const;
  static Digest digest_of(const TransferKey& key);
  Shard& shard_of(const Digest& digest) const;
  void end_part(TransferPart::State& part, bool whole, Moment now);

  Options options_;
  std::unique_ptr<std::array<Shard, kShards>> shards_;
};

}  // namespace sallyport::discovery
