#include "discovery/files/transfer_book.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <list>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "discovery/files/byte_ranges.h"
#include "discovery/files/sniffer.h"

namespace sallyport::discovery {
namespace {

// What is known of the bytes from the first one up to some place.
struct Front {
  std::uint64_t version = 0;  // another for each part that ended
  std::uint64_t bytes = 0;
  Sha256 hash;
  Sniffer sniffer;

  Front copy() const { return {version, bytes, hash.copy(), sniffer}; }
};

constexpr std::size_t kMostEvicted = 4096;  // that a shard remembers

std::uint64_t sum(std::uint64_t from, std::uint64_t bytes) {
  return from > UINT64_MAX - bytes ? UINT64_MAX : from + bytes;
}

struct HashDigest {
  std::size_t operator()(const Sha256Digest& digest) const {
    std::size_t out = 0;
    std::memcpy(&out, digest.data() + 8, sizeof out);
    return out;
  }
};

}  // namespace

struct TransferBook::Transfer {
  Digest key{};
  std::string user;
  std::uint64_t serial = 0;  // tells it from a later one with the same key
  Moment used;
  bool started = false;
  policy::FileFacts file;

  ByteRanges ranges;   // of bytes, where parts tell their places
  ByteRanges numbers;  // of parts, where they are counted
  std::uint64_t counted_bytes = 0;
  std::uint64_t parts = 0;
  std::uint64_t running = 0;  // parts that have begun and not ended
  Front front;
  std::optional<Front> before_last;  // as it was before the part that ended last
  std::optional<std::uint64_t> last_number;
  // The part that broke off, until it came again or was gone on with.
  bool broken = false;
  std::uint64_t broken_from = 0;
  std::uint64_t broken_to = 0;
  std::string_view no_sha256;
  // It was forgotten once, for want of room: nothing can be said of the whole.
  bool forgotten = false;
  bool unplaced = false;  // some part told neither its place nor its number

  // Sha256 is copied by name only.
  Transfer copy() const {
    Transfer out;
    out.key = key;
    out.user = user;
    out.serial = serial;
    out.used = used;
    out.started = started;
    out.file = file;
    out.ranges = ranges;
    out.numbers = numbers;
    out.counted_bytes = counted_bytes;
    out.parts = parts;
    out.running = running;
    out.front = front.copy();
    if (before_last) out.before_last = before_last->copy();
    out.last_number = last_number;
    out.broken = broken;
    out.broken_from = broken_from;
    out.broken_to = broken_to;
    out.no_sha256 = no_sha256;
    out.forgotten = forgotten;
    out.unplaced = unplaced;
    return out;
  }
};

struct TransferBook::Shard {
  std::mutex mutex;
  std::list<Transfer> transfers;  // the one that was used last stands in front
  std::unordered_map<Digest, std::list<Transfer>::iterator, HashDigest> by_key;
  std::unordered_map<std::string, std::size_t> of_user;
  std::uint64_t serial = 0;
  Counts counts;
  // Keys of those that went for want of room, and are not to come back as if they began.
  std::deque<Digest> evicted;
  std::unordered_set<Digest, HashDigest> was_evicted;

  void evict(std::list<Transfer>::iterator transfer) {
    if (was_evicted.insert(transfer->key).second) evicted.push_back(transfer->key);
    if (evicted.size() > kMostEvicted) {
      was_evicted.erase(evicted.front());
      evicted.pop_front();
    }
    forget(transfer);
    ++counts.evicted;
  }

  void forget(std::list<Transfer>::iterator transfer) {
    const auto user = of_user.find(transfer->user);
    if (--user->second == 0) of_user.erase(user);
    by_key.erase(transfer->key);
    transfers.erase(transfer);
  }

  void expire(Moment now, std::chrono::seconds idle) {
    while (!transfers.empty() && now - transfers.back().used > idle) {
      forget(std::prev(transfers.end()));
      ++counts.expired;
    }
  }

  Transfer* find(const Digest& key, Moment now) {
    const auto found = by_key.find(key);
    if (found == by_key.end()) return nullptr;
    transfers.splice(transfers.begin(), transfers, found->second);
    // Threads read the clock before they wait for the lock.
    found->second->used = std::max(found->second->used, now);
    return &*found->second;
  }

  Transfer& begin(const Digest& key, std::string_view user, const Options& options, Moment now) {
    const std::size_t most = std::max<std::size_t>(1, options.most / kShards);
    const std::size_t most_per_user = std::max<std::size_t>(1, options.most_per_user / kShards);
    std::string name(user);
    if (const auto of = of_user.find(name); of != of_user.end() && of->second >= most_per_user) {
      // One that nothing was sent for first: beginnings cost nothing.
      auto oldest = std::find_if(transfers.rbegin(), transfers.rend(), [&](const Transfer& one) {
        return one.user == name && one.parts == 0 && one.running == 0;
      });
      if (oldest == transfers.rend()) {
        oldest = std::find_if(transfers.rbegin(), transfers.rend(),
                              [&](const Transfer& one) { return one.user == name; });
      }
      evict(std::prev(oldest.base()));
    }
    if (transfers.size() >= most) evict(std::prev(transfers.end()));
    Transfer& made = transfers.emplace_front();
    made.key = key;
    made.user = std::move(name);
    made.serial = ++serial;
    made.forgotten = was_evicted.contains(key);
    made.front.version = made.serial;
    made.used = now;
    made.ranges = ByteRanges(options.most_ranges);
    made.numbers = ByteRanges(options.most_ranges);
    by_key[key] = transfers.begin();
    ++of_user[made.user];
    ++counts.begun;
    return made;
  }
};

struct TransferPart::State {
  TransferBook* book = nullptr;
  TransferBook::Digest key{};
  std::uint64_t serial = 0;
  TransferPlace place;
  std::uint64_t bytes = 0;
  std::optional<Front> front;  // this part's own, where it goes on from one
  Moment begun;
};

TransferPart::TransferPart(std::unique_ptr<State> state) : state_(std::move(state)) {}
TransferPart::TransferPart(TransferPart&&) noexcept = default;
TransferPart::~TransferPart() {
  if (state_) state_->book->end_part(*state_, false, state_->begun);
}

void TransferPart::feed(std::string_view bytes) {
  if (!state_) return;
  state_->bytes += bytes.size();
  if (!state_->front) return;
  state_->front->bytes += bytes.size();
  state_->front->hash.update(bytes);
  state_->front->sniffer.feed(bytes);
}

std::optional<TransferResult> TransferPart::so_far(bool ends) const {
  return state_ ? state_->book->so_far(*state_, ends) : std::nullopt;
}

bool TransferPart::in_order() const { return state_ && state_->front.has_value(); }

void TransferPart::end(Moment now) {
  if (state_) state_->book->end_part(*state_, true, now);
  state_.reset();
}

void TransferPart::end_broken(Moment now) {
  if (state_) state_->book->end_part(*state_, false, now);
  state_.reset();
}

TransferBook::TransferBook() : TransferBook(Options{}) {}
TransferBook::TransferBook(const Options& options)
    : options_(options), shards_(std::make_unique<std::array<Shard, kShards>>()) {}
TransferBook::~TransferBook() = default;

// The lengths stand before the texts, so that no two keys come to the same bytes.
TransferBook::Digest TransferBook::digest_of(const TransferKey& key) {
  std::string text;
  for (const std::string_view part : {key.app, key.instance, key.session}) {
    text += std::to_string(part.size()) + ':';
    text += part;
  }
  return sha256(text);
}

TransferBook::Shard& TransferBook::shard_of(const Digest& digest) const {
  return (*shards_)[digest[0] % kShards];
}

void TransferBook::start(const TransferKey& key, std::string_view user, policy::FileFacts file,
                         Moment now) {
  const Digest digest = digest_of(key);
  Shard& shard = shard_of(digest);
  const std::lock_guard held(shard.mutex);
  shard.expire(now, options_.idle);
  if (const auto found = shard.by_key.find(digest); found != shard.by_key.end()) {
    shard.forget(found->second);
  }
  Transfer& transfer = shard.begin(digest, user, options_, now);
  transfer.started = true;
  transfer.forgotten = false;
  transfer.file = std::move(file);
}

void TransferBook::start_from(const TransferKey& provisional, const TransferKey& key,
                              std::string_view user, policy::FileFacts file, Moment now) {
  std::optional<Transfer> taken;
  {
    const Digest digest = digest_of(provisional);
    Shard& shard = shard_of(digest);
    const std::lock_guard held(shard.mutex);
    if (const auto found = shard.by_key.find(digest); found != shard.by_key.end()) {
      taken = std::move(*found->second);
      found->second->user = taken->user;  // forget() looks for both.
      found->second->key = digest;
      shard.forget(found->second);
    }
  }
  start(key, user, file, now);
  if (!taken) return;
  const Digest digest = digest_of(key);
  Shard& shard = shard_of(digest);
  const std::lock_guard held(shard.mutex);
  Transfer* transfer = shard.find(digest, now);
  if (transfer == nullptr) return;  // Evicted in between.
  taken->key = transfer->key;
  taken->user = transfer->user;
  taken->serial = transfer->serial;
  taken->used = transfer->used;
  taken->started = true;
  taken->file = std::move(file);
  taken->front.version = ++shard.serial;
  // A repetition of the start is a transfer of its own.
  taken->before_last.reset();
  *transfer = std::move(*taken);
}

TransferPart TransferBook::part(const TransferKey& key, std::string_view user,
                                const TransferPlace& place, Moment now) {
  auto state = std::make_unique<TransferPart::State>();
  state->book = this;
  state->key = digest_of(key);
  state->place = place;
  state->begun = now;
  Shard& shard = shard_of(state->key);
  const std::lock_guard held(shard.mutex);
  shard.expire(now, options_.idle);
  Transfer* transfer = shard.find(state->key, now);
  if (transfer == nullptr) transfer = &shard.begin(state->key, user, options_, now);
  ++transfer->running;
  state->serial = transfer->serial;

  // Where the part goes on: behind the front, or in place of the part that came last.
  const bool first = transfer->parts == 0;
  bool next = true;
  bool again = false;
  if (place.offset) {
    next = *place.offset == transfer->front.bytes;
    again = transfer->before_last && *place.offset == transfer->before_last->bytes;
  } else if (place.number) {
    next = transfer->last_number ? *place.number == *transfer->last_number + 1
                                 : first && *place.number <= 1;
    again = transfer->before_last && place.number == transfer->last_number;
  }
  if (transfer->no_sha256.empty() && again && !(place.offset && next)) {
    state->front = transfer->before_last->copy();
  } else if (transfer->no_sha256.empty() && next) {
    state->front = transfer->front.copy();
  }
  return TransferPart(std::move(state));
}

void TransferBook::end_part(TransferPart::State& part, bool whole, Moment now) {
  Shard& shard = shard_of(part.key);
  const std::lock_guard held(shard.mutex);
  Transfer* transfer = shard.find(part.key, now);
  if (transfer == nullptr || transfer->serial != part.serial) {
    ++shard.counts.late_parts;
    return;
  }
  if (whole) {
    add(*transfer, part, ++shard.serial);
    return;
  }
  --transfer->running;
  transfer->broken = true;
  transfer->broken_from = part.place.offset.value_or(0);
  transfer->broken_to = sum(transfer->broken_from, part.bytes);
}

void TransferBook::add(Transfer& transfer, TransferPart::State& part, std::uint64_t version) {
  --transfer.running;
  ++transfer.parts;

  // Whether the bytes up to its beginning are still those that it goes on from.
  const bool next = part.front && part.front->version == transfer.front.version;
  const bool again =
      part.front && transfer.before_last && part.front->version == transfer.before_last->version;
  bool resumed = false;
  if (part.place.offset) {
    const std::uint64_t from = *part.place.offset;
    if (transfer.broken && from > transfer.broken_from && from <= transfer.broken_to) {
      resumed = true;  // Only the other side can know where: so what is before has come.
      transfer.ranges.add(transfer.broken_from, from);
    }
    transfer.ranges.add(from, sum(from, part.bytes));
    if (resumed || from == transfer.broken_from) transfer.broken = false;
  } else {
    transfer.broken = false;
    transfer.unplaced = transfer.unplaced || !part.place.number;
    const bool numbered = part.place.number && *part.place.number < UINT64_MAX;
    if (!numbered || transfer.numbers.add(*part.place.number, *part.place.number + 1) > 0) {
      transfer.counted_bytes = sum(transfer.counted_bytes, part.bytes);
    } else if (again) {  // It counts in place of what it repeats.
      transfer.counted_bytes = part.front->bytes;
    }
  }
  if (!transfer.no_sha256.empty()) return;
  if (!next && !again) {
    const bool behind = part.place.offset ? *part.place.offset > transfer.front.bytes
                                          : part.place.number > transfer.last_number;
    transfer.no_sha256 = resumed ? "broken off" : behind ? "out of order" : "changed";
    transfer.before_last.reset();
    return;
  }
  if (next) transfer.before_last = std::move(transfer.front);
  transfer.front = std::move(*part.front);
  transfer.front.version = version;
  transfer.last_number = part.place.number;
}

std::optional<TransferResult> TransferBook::so_far(const TransferPart::State& part,
                                                   bool ends) const {
  Shard& shard = shard_of(part.key);
  std::optional<Transfer> copied;
  {
    const std::lock_guard held(shard.mutex);
    const auto found = shard.by_key.find(part.key);
    if (found == shard.by_key.end() || found->second->serial != part.serial) return std::nullopt;
    copied = found->second->copy();
  }
  TransferPart::State ended;
  ended.place = part.place;
  ended.bytes = part.bytes;
  if (part.front) ended.front = part.front->copy();
  add(*copied, ended, copied->front.version);
  return result_of(*copied, ends);
}

std::optional<TransferResult> TransferBook::look(const TransferKey& key) const {
  const Digest digest = digest_of(key);
  Shard& shard = shard_of(digest);
  std::optional<Transfer> copied;
  {
    const std::lock_guard held(shard.mutex);
    const auto found = shard.by_key.find(digest);
    if (found == shard.by_key.end()) return std::nullopt;
    copied = found->second->copy();
  }
  return result_of(*copied, true);
}

std::optional<TransferResult> TransferBook::look_at_size(const TransferKey& key) const {
  const Digest digest = digest_of(key);
  Shard& shard = shard_of(digest);
  const std::lock_guard held(shard.mutex);
  const auto found = shard.by_key.find(digest);
  if (found == shard.by_key.end()) return std::nullopt;
  return result_of(*found->second, false, false);
}

std::optional<TransferResult> TransferBook::finish(const TransferKey& key, Moment now) {
  return take(key, now, false);
}

std::optional<TransferResult> TransferBook::finish_if_complete(const TransferKey& key, Moment now) {
  return take(key, now, true);
}

std::optional<TransferResult> TransferBook::take(const TransferKey& key, Moment now,
                                                 bool only_complete) {
  const Digest digest = digest_of(key);
  Shard& shard = shard_of(digest);
  std::optional<Transfer> taken;
  {
    const std::lock_guard held(shard.mutex);
    shard.expire(now, options_.idle);
    Transfer* transfer = shard.find(digest, now);
    if (transfer == nullptr) return std::nullopt;
    const std::uint64_t come =
        transfer->ranges.end() > 0 ? transfer->ranges.count() : transfer->counted_bytes;
    if (only_complete && transfer->file.size != come) return std::nullopt;
    const std::string user = transfer->user;  // forget() looks for it.
    taken = std::move(*transfer);
    transfer->user = user;
    transfer->key = digest;
    shard.forget(shard.by_key.find(digest)->second);
    ++shard.counts.finished;
  }
  return result_of(*taken, true);
}

TransferResult TransferBook::result_of(Transfer& transfer, bool ends, bool with_bytes) {
  TransferResult result;
  result.file = transfer.file;
  result.started = transfer.started;
  result.parts = transfer.parts;
  const bool placed = transfer.ranges.end() > 0;
  result.size = placed ? transfer.ranges.count() : transfer.counted_bytes;
  const bool whole =
      placed ? transfer.ranges.covers(0, transfer.ranges.end()) && !transfer.ranges.lossy()
             : transfer.numbers.ranges() <= 1 && !transfer.numbers.lossy();
  // Where nobody said that it begins and no part says where it belongs, something else may put them
  // in order, and may have had others.
  const bool anyhow = transfer.unplaced && !transfer.started && transfer.parts > 1;
  result.complete = whole && transfer.running == 0 && !transfer.broken && !anyhow &&
                    !transfer.forgotten && (!result.file.size || *result.file.size == result.size);
  result.begun = placed ? transfer.ranges.covers(0, 1)
                        : transfer.numbers.covers(0, 1) || transfer.numbers.covers(1, 2);
  if (!with_bytes) return result;
  result.front = transfer.front.bytes;
  result.no_sha256 = transfer.no_sha256;
  if (result.no_sha256.empty() && transfer.running > 0) result.no_sha256 = "broken off";
  if (result.no_sha256.empty() && transfer.front.bytes == result.size) {
    result.sha256 = transfer.front.hash.finish();
    if (ends || result.file.size == result.size) transfer.front.sniffer.end();
  } else if (result.no_sha256.empty()) {
    result.no_sha256 = "changed";
  }
  result.seen = transfer.front.sniffer.seen();
  return result;
}

bool TransferBook::cancel(const TransferKey& key) {
  const Digest digest = digest_of(key);
  Shard& shard = shard_of(digest);
  const std::lock_guard held(shard.mutex);
  const auto found = shard.by_key.find(digest);
  if (found == shard.by_key.end()) return false;
  shard.forget(found->second);
  ++shard.counts.cancelled;
  return true;
}

std::size_t TransferBook::size() const {
  std::size_t out = 0;
  for (Shard& shard : *shards_) {
    const std::lock_guard held(shard.mutex);
    out += shard.transfers.size();
  }
  return out;
}

TransferBook::Counts TransferBook::counts() const {
  Counts out;
  for (Shard& shard : *shards_) {
    const std::lock_guard held(shard.mutex);
    out.begun += shard.counts.begun;
    out.finished += shard.counts.finished;
    out.cancelled += shard.counts.cancelled;
    out.expired += shard.counts.expired;
    out.evicted += shard.counts.evicted;
    out.late_parts += shard.counts.late_parts;
  }
  return out;
}

}  // namespace sallyport::discovery
