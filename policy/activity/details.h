#pragma once
// What a signature of the app, or a generic rule, tells of an activity beyond its type: what it is
// done to, whom that is opened to, by which account, in which instance of the app.
//
// A text that is "" and a list that is empty are not known. What these hold is what strangers sent,
// cut to the sizes below.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::policy {

constexpr std::size_t kMostDetailText = 1024;  // bytes of a text here
constexpr std::size_t kMostDetailItems = 100;  // of a list here

struct Details {
  std::string signature;  // which told it: "dropbox/upload", "generic/webdav_move"
  std::string outcome;    // "success", "failed", "second_factor"; known once the reply is

  std::string object_kind;  // "file", "message", ...
  std::string object_id;
  std::string object_name;
  std::string object_parent;  // where it lies

  // Whom something is opened to: of a share, an invitation, a message. Each sorted, each once.
  std::vector<std::string> target_emails;
  std::vector<std::string> target_domains;
  std::vector<std::string> target_users;
  std::vector<std::string> target_groups;
  std::vector<std::string> target_links;    // "anyone", "organization", "people"
  std::vector<std::string> target_roles;    // as the app words it
  std::vector<std::string> target_classes;  // "internal", "external", "personal", ...

  std::string account;         // the user inside the app: a mail address, or a name
  std::string account_domain;  // of a mail address
  std::string instance;        // tenant, workspace, site
  std::string instance_kind;   // "corporate", "personal", "other"

  std::string model;         // that a prompt is for
  std::string conversation;  // it belongs to

  std::string consent_client;    // OAuth: client_id
  std::string consent_name;      // as the app calls itself
  std::string consent_redirect;  // the host
  std::string consent_level;     // "low", "medium", "high"
  std::vector<std::string> consent_scopes;

  std::string reading;        // how much of the body that it tells by was read: "whole", "partial"
  std::string transfer_step;  // "start", "part", "finish", "cancel"; "": all in one request
  std::string transfer_session;  // what the steps have in common

  bool operator==(const Details&) const = default;
};

// The fields by the names of their facts, sorted: for records, policies and tests.
struct DetailText {
  std::string_view fact;  // "object.kind"
  unsigned number;        // in packed facts
  std::string Details::* field;
};
struct DetailList {
  std::string_view fact;  // "target.email"
  unsigned number;
  std::vector<std::string> Details::* field;
};
std::span<const DetailText> detail_texts();
std::span<const DetailList> detail_lists();

}  // namespace sallyport::policy
