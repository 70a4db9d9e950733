#pragma once

namespace sallyport::app {

// recording.audit_reads: what becomes of an answer about persons that cannot be recorded in the
// record of reads.
enum class AuditMode : unsigned char {
  off,          // nothing is recorded
  best_effort,  // it is given, and the failure is said
  required,     // it is refused
};

}  // namespace sallyport::app
