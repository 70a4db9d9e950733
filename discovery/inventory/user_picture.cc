#include "discovery/inventory/user_picture.h"

#include <algorithm>

#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

using policy::Activity;
using policy::ActivityType;

std::string app_key(const Activity& activity) {
  if (activity.app) return activity.app->id;
  return activity.domain.empty() ? activity.host : activity.domain;
}

std::string app_name(const Activity& activity) {
  return activity.app && !activity.app->name.empty() ? activity.app->name : app_key(activity);
}

std::string device_of(const policy::AgentFacts& agent) {
  std::string text(to_string(agent.device));
  for (const std::string* part : {&agent.os, &agent.browser}) {
    if (!part->empty()) text += ", " + *part;
  }
  return text;
}

void insert(std::set<std::string>& into, std::string text) {
  if (into.size() < UserPicture::kMostOfApp) into.insert(std::move(text));
}

}  // namespace

void Sighting::add(Time at) {
  if (count == 0 || at < first) first = at;
  if (count == 0 || at > last) last = at;
  ++count;
}

template <class T>
T* UserPicture::place(std::map<std::string, T>& in, std::string key) {
  const auto found = in.find(key);
  if (found != in.end()) return &found->second;
  if (in.size() >= kMost) {
    ++left_out;
    return nullptr;
  }
  return &in[std::move(key)];
}

void UserPicture::add(const Activity& activity, const How& how) {
  seen.add(how.at);
  stopped += how.stopped ? 1 : 0;
  bytes_in += how.bytes_in;
  bytes_out += how.bytes_out;
  const auto type = activity.type;
  if (type == ActivityType::login) ++logins;
  if (type == ActivityType::login_failed) ++failed_logins;

  if (Address* address = place(addresses, activity.client.address.to_string())) {
    address->seen.add(how.at);
    address->country = activity.client.country;
    address->isp = activity.client.isp;
    address->category = activity.client.category == policy::IpCategory::none
                            ? std::string()
                            : std::string(to_string(activity.client.category));
  }
  if (!activity.client.country.empty()) {
    if (Sighting* country = place(countries, activity.client.country)) country->add(how.at);
  }
  if (activity.agent) {
    if (Sighting* device = place(devices, device_of(*activity.agent))) device->add(how.at);
  }
  const bool admin = activity.admin.value_or(false);
  if (admin && type && !how.stopped) {
    const std::string what = std::string(to_string(*type)) + " in " + app_name(activity);
    if (Sighting* done = place(administration, what)) done->add(how.at);
  }
  App* app = place(apps, app_key(activity));
  if (app != nullptr) {
    app->name = app_name(activity);
    if (activity.app) app->category = activity.app->category;
    app->seen.add(how.at);
    app->bytes_in += how.bytes_in;
    app->bytes_out += how.bytes_out;
    if (how.stopped) {
      ++app->stopped;  // and what was stopped was not done
    } else {
      app->uploads += type == ActivityType::upload ? 1 : 0;
      app->downloads += type == ActivityType::download ? 1 : 0;
      app->shares += type == ActivityType::share || type == ActivityType::invite ? 1 : 0;
      app->admin += admin ? 1 : 0;
    }
  }
  if (!activity.details) return;
  const policy::Details& details = *activity.details;
  if (app != nullptr && !details.instance.empty()) {
    insert(app->instances, details.instance_kind.empty()
                               ? details.instance
                               : details.instance + " (" + details.instance_kind + ")");
  }
  if (app != nullptr && !details.account.empty()) insert(app->accounts, details.account);
  if (details.instance_kind == "personal") {
    const std::string whose = details.account.empty() ? details.instance : details.account;
    const std::string where = (whose.empty() ? "somebody" : whose) + " in " + app_name(activity);
    if (Sighting* one = place(personal, where)) one->add(how.at);
  }
  const bool ours = std::ranges::all_of(details.target_classes,
                                        [](const std::string& one) { return one == "internal"; });
  if (how.stopped || (ours && !details.target_classes.empty())) return;
  for (const std::string& domain : details.target_domains) {
    if (Sighting* one = place(opened_to, domain)) one->add(how.at);
  }
}

}  // namespace sallyport::discovery
