// SPDX-License-Identifier: GPL-2.0
/*
 * Births and deaths of dynamic mappings, told to whoever listens.
 *
 * Mappings come and go under nat64_dynamic.lock, often with softirqs off.
 * Listeners are told later, in process context. A mapping is born once and dies
 * once, so it serves as its own message: it waits in a list until its birth has
 * been told, and again until its death has been told. Only then is it freed.
 */

#include "event.h"

#include <linux/slab.h>

#define NAT64_EVENT_BORN	BIT(0)	/* nat64_map.untold */
#define NAT64_EVENT_GONE	BIT(1)

static const struct nat64_event_ops *nat64_event_ops;

/**
 * nat64_event_set_ops() - say how events are told
 * @ops: how to tell them, or NULL
 *
 * Must be called while there is no instance.
 */
void nat64_event_set_ops(const struct nat64_event_ops *ops)
{
	nat64_event_ops = ops;
}

static bool nat64_event_wanted(const struct nat64 *nat)
{
	return nat64_event_ops && nat64_event_ops->wanted(nat);
}

static void nat64_event_queue(struct nat64 *nat, struct nat64_map *map,
			      u8 event)
{
	if (!map->untold)
		list_add_tail(&map->event, &nat->dynamic.events);
	map->untold |= event;
	queue_work(system_power_efficient_wq, &nat->dynamic.teller);
}

/**
 * nat64_event_born() - tell that a mapping was made
 * @nat: the instance
 * @map: the mapping
 *
 * Context: @nat->dynamic.lock held.
 */
void nat64_event_born(struct nat64 *nat, struct nat64_map *map)
{
	if (nat64_event_wanted(nat))
		nat64_event_queue(nat, map, NAT64_EVENT_BORN);
}

/**
 * nat64_event_gone() - tell that a mapping is gone, and free it
 * @nat: the instance
 * @map: the mapping, at the beginning of its allocation; packets no longer find
 *	 it
 *
 * It is freed a grace period after listeners have been told.
 *
 * Context: @nat->dynamic.lock held.
 */
void nat64_event_gone(struct nat64 *nat, struct nat64_map *map)
{
	if (map->untold || nat64_event_wanted(nat))
		nat64_event_queue(nat, map, NAT64_EVENT_GONE);
	else
		kfree_rcu(map, rcu);
}

/* Take note that an event of a mapping has been told. */
static void nat64_event_told(struct nat64 *nat, struct nat64_map *map, u8 event)
{
	spin_lock_bh(&nat->dynamic.lock);
	map->untold &= ~event;
	if (!map->untold)
		list_del(&map->event);
	spin_unlock_bh(&nat->dynamic.lock);

	if (event == NAT64_EVENT_GONE)
		kfree_rcu(map, rcu);
}

/* The mapping that has waited longest, and its event; or NULL. */
static struct nat64_map *nat64_event_next(struct nat64 *nat,
					  struct list_head *events, u8 *event)
{
	struct nat64_map *map;

	spin_lock_bh(&nat->dynamic.lock);
	map = list_first_entry_or_null(events, struct nat64_map, event);
	if (map)
		*event = map->untold & NAT64_EVENT_BORN ?: NAT64_EVENT_GONE;
	spin_unlock_bh(&nat->dynamic.lock);
	return map;
}

/*
 * A mapping stays in the list, and so is not freed, while listeners are being
 * told of it. New events queue the work again and are left to its next run, so
 * that whoever waits for this run waits for past events only.
 */
static void nat64_event_work(struct work_struct *work)
{
	struct nat64_dynamic *dynamic = container_of(work, struct nat64_dynamic,
						     teller);
	struct nat64 *nat = container_of(dynamic, struct nat64, dynamic);
	struct nat64_map *map;
	LIST_HEAD(events);
	u8 event;

	spin_lock_bh(&dynamic->lock);
	list_splice_init(&dynamic->events, &events);
	spin_unlock_bh(&dynamic->lock);

	while ((map = nat64_event_next(nat, &events, &event))) {
		nat64_event_ops->tell(nat, map, event == NAT64_EVENT_BORN ?
				      NAT64_CMD_MAP_ADD : NAT64_CMD_MAP_DEL);
		nat64_event_told(nat, map, event);
		cond_resched();
	}
}

/**
 * nat64_event_flush() - wait until all events so far have been told
 * @nat: the instance
 *
 * Context: process context, may sleep.
 */
void nat64_event_flush(struct nat64 *nat)
{
	flush_work(&nat->dynamic.teller);
}

/**
 * nat64_event_init() - prepare an instance for events
 * @nat: the instance
 */
void nat64_event_init(struct nat64 *nat)
{
	INIT_LIST_HEAD(&nat->dynamic.events);
	INIT_WORK(&nat->dynamic.teller, nat64_event_work);
}
