;; Batches of longest-prefix match in ranked blocks (lpm-blocks.ts has the layout), chunk by chunk in three loops.
;;
;; A processor asks memory for so much at once as it finds in the next few hundred instructions. Each loop therefore makes
;; one access that may leave the cache, and little else, four times in a turn: the loads of some twenty addresses are then
;; under way together. What one loop hands to the next lies in the results themselves.
(module
  (import "arena" "memory" (memory 1))

  ;; All but $count are places in bytes; $count is a multiple of 4. $width is 2 or 4, the bytes of a slot.
  (func (export "lookup")
    (param $queries i32) (param $results i32) (param $count i32)
    (param $blocks i32) (param $nodes i32) (param $width i32)
    (local $end i32) (local $stop i32) (local $query i32) (local $result i32)
    (local $address i32) (local $block i32)
    (local.set $end (i32.add (local.get $queries) (i32.shl (local.get $count) (i32.const 2))))
    (loop $chunks
      ;; 256 addresses and results are 2 KB, which the nearest cache keeps from one loop to the next.
      (local.set $stop (i32.add (local.get $queries) (i32.const 1024)))
      (if (i32.gt_u (local.get $stop) (local.get $end)) (then (local.set $stop (local.get $end))))

      ;; The place of the slot: the start of the run and the marks up to the address's /24.
      (local.set $query (local.get $queries))
      (local.set $result (local.get $results))
      (loop $places
        (local.set $address (i32.load (local.get $query)))
        (local.set $block (i32.add (local.get $blocks)
          (i32.and (i32.shr_u (local.get $address) (i32.const 10)) (i32.const 0x3ffff8))))
        (i32.store (local.get $result) (i32.add (i32.load offset=4 (local.get $block)) (i32.popcnt
          (i32.shl (i32.load (local.get $block)) (i32.xor (i32.shr_u (local.get $address) (i32.const 8)) (i32.const -1))))))

        (local.set $address (i32.load offset=4 (local.get $query)))
        (local.set $block (i32.add (local.get $blocks)
          (i32.and (i32.shr_u (local.get $address) (i32.const 10)) (i32.const 0x3ffff8))))
        (i32.store offset=4 (local.get $result) (i32.add (i32.load offset=4 (local.get $block)) (i32.popcnt
          (i32.shl (i32.load (local.get $block)) (i32.xor (i32.shr_u (local.get $address) (i32.const 8)) (i32.const -1))))))

        (local.set $address (i32.load offset=8 (local.get $query)))
        (local.set $block (i32.add (local.get $blocks)
          (i32.and (i32.shr_u (local.get $address) (i32.const 10)) (i32.const 0x3ffff8))))
        (i32.store offset=8 (local.get $result) (i32.add (i32.load offset=4 (local.get $block)) (i32.popcnt
          (i32.shl (i32.load (local.get $block)) (i32.xor (i32.shr_u (local.get $address) (i32.const 8)) (i32.const -1))))))

        (local.set $address (i32.load offset=12 (local.get $query)))
        (local.set $block (i32.add (local.get $blocks)
          (i32.and (i32.shr_u (local.get $address) (i32.const 10)) (i32.const 0x3ffff8))))
        (i32.store offset=12 (local.get $result) (i32.add (i32.load offset=4 (local.get $block)) (i32.popcnt
          (i32.shl (i32.load (local.get $block)) (i32.xor (i32.shr_u (local.get $address) (i32.const 8)) (i32.const -1))))))

        (local.set $query (i32.add (local.get $query) (i32.const 16)))
        (local.set $result (i32.add (local.get $result) (i32.const 16)))
        (br_if $places (i32.lt_u (local.get $query) (local.get $stop))))

      ;; The slot.
      (local.set $query (local.get $queries))
      (local.set $result (local.get $results))
      (if (i32.eq (local.get $width) (i32.const 2))
        (then (loop $narrow
          (i32.store (local.get $result)
            (i32.load16_s (i32.shl (i32.load (local.get $result)) (i32.const 1))))
          (i32.store offset=4 (local.get $result)
            (i32.load16_s (i32.shl (i32.load offset=4 (local.get $result)) (i32.const 1))))
          (i32.store offset=8 (local.get $result)
            (i32.load16_s (i32.shl (i32.load offset=8 (local.get $result)) (i32.const 1))))
          (i32.store offset=12 (local.get $result)
            (i32.load16_s (i32.shl (i32.load offset=12 (local.get $result)) (i32.const 1))))
          (local.set $query (i32.add (local.get $query) (i32.const 16)))
          (local.set $result (i32.add (local.get $result) (i32.const 16)))
          (br_if $narrow (i32.lt_u (local.get $query) (local.get $stop)))))
        (else (loop $wide
          (i32.store (local.get $result)
            (i32.load (i32.shl (i32.load (local.get $result)) (i32.const 2))))
          (i32.store offset=4 (local.get $result)
            (i32.load (i32.shl (i32.load offset=4 (local.get $result)) (i32.const 2))))
          (i32.store offset=8 (local.get $result)
            (i32.load (i32.shl (i32.load offset=8 (local.get $result)) (i32.const 2))))
          (i32.store offset=12 (local.get $result)
            (i32.load (i32.shl (i32.load offset=12 (local.get $result)) (i32.const 2))))
          (local.set $query (i32.add (local.get $query) (i32.const 16)))
          (local.set $result (i32.add (local.get $result) (i32.const 16)))
          (br_if $wide (i32.lt_u (local.get $query) (local.get $stop))))))

      ;; The value, which is one less; and first the nodes of prefixes longer than /24, of which few addresses have any.
      (loop $values
        (if (v128.any_true (i32x4.lt_s (v128.load (local.get $results)) (v128.const i32x4 0 0 0 0)))
          (then (call $descend (local.get $queries) (local.get $results) (local.get $nodes))))
        (v128.store (local.get $results)
          (i32x4.sub (v128.load (local.get $results)) (v128.const i32x4 1 1 1 1)))
        (local.set $queries (i32.add (local.get $queries) (i32.const 16)))
        (local.set $results (i32.add (local.get $results) (i32.const 16)))
        (br_if $values (i32.lt_u (local.get $queries) (local.get $stop))))
      (br_if $chunks (i32.lt_u (local.get $queries) (local.get $end)))))

  ;; Four slots, some of which name nodes: down to those that do not.
  (func $descend (param $query i32) (param $slot i32) (param $nodes i32)
    (local $stop i32) (local $shift i32)
    (local.set $stop (i32.add (local.get $query) (i32.const 16)))
    (loop $next
      (local.set $shift (i32.const 4))
      (block $done (loop $deeper
        (br_if $done (i32.ge_s (i32.load (local.get $slot)) (i32.const 0)))
        (i32.store (local.get $slot) (i32.load (i32.add (local.get $nodes) (i32.shl
          (i32.or
            (i32.shl (i32.xor (i32.load (local.get $slot)) (i32.const -1)) (i32.const 4))
            (i32.and (i32.shr_u (i32.load (local.get $query)) (local.get $shift)) (i32.const 15)))
          (i32.const 2)))))
        (local.set $shift (i32.const 0))
        (br $deeper)))
      (local.set $query (i32.add (local.get $query) (i32.const 4)))
      (local.set $slot (i32.add (local.get $slot) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $query) (local.get $stop))))))
