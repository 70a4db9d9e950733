#include "policy/activity/details.h"

#include <algorithm>
#include <array>

namespace sallyport::policy {
namespace {

// Numbers are never used again for something else (pack_format.h), and stay below 64.
constexpr std::array kTexts = std::to_array<DetailText>({
    {"account", 1, &Details::account},
    {"account.domain", 2, &Details::account_domain},
    {"consent.client", 3, &Details::consent_client},
    {"consent.level", 4, &Details::consent_level},
    {"consent.name", 5, &Details::consent_name},
    {"consent.redirect", 6, &Details::consent_redirect},
    {"instance", 7, &Details::instance},
    {"instance.kind", 8, &Details::instance_kind},
    {"object.id", 9, &Details::object_id},
    {"object.kind", 10, &Details::object_kind},
    {"object.name", 11, &Details::object_name},
    {"object.parent", 12, &Details::object_parent},
    {"outcome", 13, &Details::outcome},
    {"prompt.conversation", 14, &Details::conversation},
    {"prompt.model", 15, &Details::model},
    {"signature", 16, &Details::signature},
    {"signature.reading", 19, &Details::reading},
    {"transfer.session", 17, &Details::transfer_session},
    {"transfer.step", 18, &Details::transfer_step},
});

constexpr std::array kLists = std::to_array<DetailList>({
    {"consent.scopes", 40, &Details::consent_scopes},
    {"target.class", 41, &Details::target_classes},
    {"target.domain", 42, &Details::target_domains},
    {"target.email", 43, &Details::target_emails},
    {"target.group", 44, &Details::target_groups},
    {"target.link", 45, &Details::target_links},
    {"target.role", 46, &Details::target_roles},
    {"target.user", 47, &Details::target_users},
});

}  // namespace

std::span<const DetailText> detail_texts() { return kTexts; }
std::span<const DetailList> detail_lists() { return kLists; }

}  // namespace sallyport::policy
