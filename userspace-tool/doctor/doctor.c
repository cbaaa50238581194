// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 doctor: finds what keeps packets from getting through, and says how to mend it.
 */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/color.h"
#include "cli/print.h"
#include "doctor/doctor.h"

static const char usage[] =
	"Usage: nat64 [-j] doctor\n"
	"\n"
	"Checks modules, devices, routes, rules, forwarding, MTUs and DNS64, and prints each problem\n"
	"with the command that fixes it. A note is no problem, but should be known. Exit status: 0 if there\n"
	"is no problem, 1 if there is, 2 if the check itself failed.\n";

static void (*const host_checks[])(struct doctor *doctor) = {
	check_module_version,
	check_devices,
	check_forwarding,
	check_way_out,
	check_adverts,
	check_overlap,
	check_dns64,
	check_nftables_read,
};

static void (*const instance_checks[])(struct doctor *doctor, const struct instance *instance) = {
	check_own_pool,
	check_mappings,
	check_pool_onlink,
	check_way_in,
	check_hook,
	check_fast_devices,
	check_fast_way_in,
	check_fast_unseen,
	check_way_back,
	check_rp_filter,
	check_masquerade,
	check_forward_chain,
	check_invalid_drop,
	check_nftables_forward,
	check_nftables_invalid,
	check_mtu,
	check_lowest_ipv6_mtu,
	check_pool,
	check_wkp_strict,
	check_onlink,
};

char *words(const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return text;
}

static void print_finding(enum severity severity, const char *id, const struct instance *instance,
			  const char *text, const struct command_line *advice)
{
	static const struct {
		const char *text;
		enum color color;
	} kinds[] = {
		[SEVERITY_NOTE] = { "note", COLOR_PLAIN },
		[SEVERITY_WARNING] = { "warning", COLOR_DOUBT },
		[SEVERITY_ERROR] = { "error", COLOR_BAD },
	};

	if (options.json) {
		json_object *object = json_object_new_object();

		json_add_string(object, "severity", kinds[severity].text);
		json_add_string(object, "finding", id);
		json_add_string(object, "ifname", instance ? instance->name : NULL);
		json_add_string(object, "text", text);
		json_add_string(object, "advice", shell_text(advice));
		json_list_add(object);
	} else {
		print_color(kinds[severity].color, "%s", kinds[severity].text);
		printf(": %s: ", id);
		if (instance) {
			print_masked(COLOR_DEVICE, instance->name);
			printf(": ");
		}
		print_masked(COLOR_PLAIN, text);
		printf("\n    ");
		print_masked(COLOR_PLAIN, shell_text(advice));
		putchar('\n');
	}
}

static void keep_finding(struct doctor *doctor, const char *id, const struct instance *instance)
{
	struct finding *list = reallocarray(doctor->list, doctor->findings + 1, sizeof(*list));

	if (!list) {
		fail(WRONG, "out of memory");
		return;
	}
	doctor->list = list;
	list[doctor->findings++] = (struct finding){ .id = id, .instance = instance };
}

void report(struct doctor *doctor, enum severity severity, const char *id,
	    const struct instance *instance, char *text, struct command_line advice)
{
	bool note = severity == SEVERITY_NOTE;

	if (!doctor->silent) {
		doctor->findings += !note;
		doctor->notes += note;
		print_finding(severity, id, instance, text, &advice);
	} else if (!note) {
		keep_finding(doctor, id, instance);
	}
	free(text);
	shell_clear(&advice);
}

bool is_private(struct in_addr addr)
{
	uint32_t host = ntohl(addr.s_addr);

	return host >> 24 == 10 || host >> 20 == (172 << 4 | 1) || host >> 16 == (192 << 8 | 168) ||
	       host >> 22 == (100 << 2 | 1) || host >> 17 == (198 << 7 | 9);
}

static void read_prefixes(const struct nlattr *list, struct prefix_list *prefixes)
{
	const struct nlattr *element;

	if (!list)
		return;
	mnl_attr_for_each_nested(element, list) {
		if (prefixes->count == NAT64_PREFIXES_MAX)
			return;
		if (attr_prefix(element, &prefixes->prefixes[prefixes->count]))
			prefixes->count++;
	}
}

static enum status read_instance(const struct nlmsghdr *nlh, struct instance *instance)
{
	genl_parse(nlh, instance->attrs, NAT64_A_MAX);
	if (!instance->attrs[NAT64_A_IFNAME])
		return fail(WRONG, "the kernel names no device");
	snprintf(instance->name, sizeof(instance->name), "%s",
		 mnl_attr_get_str(instance->attrs[NAT64_A_IFNAME]));
	read_prefixes(instance->attrs[NAT64_A_PREFIXES], &instance->prefixes);
	read_prefixes(instance->attrs[NAT64_A_POOLS], &instance->pools);
	read_prefixes(instance->attrs[NAT64_A_TRANSLATABLE], &instance->translatable);
	return link_find(instance->name, &instance->link) ? WRONG : DONE;
}

enum status doctor_read(struct doctor *doctor)
{
	enum status status = DONE;

	if (answers_fetch(NAT64_CMD_DEV_GET, "", &doctor->answers))
		return WRONG;
	doctor->instances = calloc(doctor->answers.count + 1, sizeof(*doctor->instances));
	if (!doctor->instances)
		return fail(WRONG, "out of memory");
	for (; !status && doctor->count < doctor->answers.count; doctor->count++)
		status = read_instance(doctor->answers.messages[doctor->count],
				       &doctor->instances[doctor->count]);
	nftables_read(doctor);
	if (adverts_read(&doctor->adverts))
		status = WRONG;
	return worse(status, firewall_read(&doctor->firewall));
}

void doctor_check(struct doctor *doctor)
{
	for (size_t i = 0; i < sizeof(host_checks) / sizeof(*host_checks); i++)
		host_checks[i](doctor);
	for (size_t d = 0; d < doctor->count; d++) {
		/* A device that is down has lost its routes; do not report such consequences. */
		if (!check_up(doctor, &doctor->instances[d]))
			continue;
		for (size_t i = 0; i < sizeof(instance_checks) / sizeof(*instance_checks); i++)
			instance_checks[i](doctor, &doctor->instances[d]);
	}
}

void doctor_clear(struct doctor *doctor)
{
	firewall_clear(&doctor->firewall);
	nftables_clear(doctor);
	adverts_clear(&doctor->adverts);
	answers_clear(&doctor->answers);
	free(doctor->instances);
	free(doctor->list);
}

/* Without the module, there is nobody to ask. Asking for its family loads it if possible. */
static bool has_module(struct doctor *doctor)
{
	if (genl_family_exists())
		return true;
	report(doctor, SEVERITY_ERROR, "module_missing", NULL,
	       words("the kernel module nat64 is not loaded, and the kernel cannot load it itself"),
	       shell("modprobe nat64"));
	return false;
}

static enum status examine(struct doctor *doctor)
{
	enum status status = DONE;

	if (options.json)
		json_list_begin();
	if (has_module(doctor)) {
		status = doctor_read(doctor);
		if (!status)
			doctor_check(doctor);
	}
	if (options.json)
		json_list_end();
	else if (!status && !doctor->findings && !doctor->notes)
		puts("Nothing found.");
	return status;
}

static enum status run(struct words *words)
{
	struct doctor doctor = { };
	enum status status;

	if (peek_word(words))
		return unknown_word(peek_word(words));
	if (geteuid())
		return fail(WRONG, "doctor: only root sees all there is to look at");
	if (!nl_generic() || !nl_route())
		return WRONG;
	status = examine(&doctor);
	doctor_clear(&doctor);
	return worse(status, doctor.findings ? REFUSED : DONE);
}

const struct object doctor_object = {
	.name = "doctor",
	.about = "find what keeps packets from getting through",
	.usage = usage,
	.run = run,
};
