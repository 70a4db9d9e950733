#pragma once
// Where the scribe brings events: sinks that only take (files, later syslog and webhooks), and the
// one writer that also keeps them for questions.
//
// Thread rule: the scribe's thread only, unless a member says otherwise.

#include <cstdint>
#include <string>

#include "base/core/result.h"
#include "discovery/events/event_span.h"

namespace sallyport::discovery {

class Sink {
 public:
  virtual ~Sink() = default;
  // Never throws and never waits for a peer; what cannot be written is counted by the sink.
  virtual void write(EventSpan events) = 0;
  virtual void flush() = 0;
  // Events that were not written, in all.
  virtual std::uint64_t failures() const { return 0; }
  // Why the last failure happened; "" while all is well.
  virtual std::string trouble() const { return {}; }
};

// Who adds to events, before sinks and store get them, what only many events tell.
class Enricher {
 public:
  virtual ~Enricher() = default;
  // Never throws and never waits.
  virtual void enrich(Event& event) = 0;
};

// The part of a store that the scribe sees (discovery/store stands above this folder).
class EventWriter {
 public:
  virtual ~EventWriter() = default;
  // All or none. Writing an event again that is kept already changes nothing: ids make it
  // idempotent.
  virtual Result<void> write(EventSpan events) = 0;
  // One bounded step of deleting what is too old or too much. True: there is more to delete now.
  virtual Result<bool> retain(Time /*now*/) { return false; }
  // Size on disk, for the gauge; 0 where it is not known.
  virtual std::uint64_t bytes() const { return 0; }
};

}  // namespace sallyport::discovery
