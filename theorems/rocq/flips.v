(* Flips of columns: cross terms vanish. *)
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Flips.
Variables (R : comRingType) (d : nat).
Definition sgn (f : {ffun 'I_d -> bool}) j : R := (-1) ^+ f j.
Definition flip (k : 'I_d) (f : {ffun 'I_d -> bool}) := [ffun j => (j == k) (+) f j].

Lemma flipK k : involutive (flip k).
Proof. by move=> f; apply/ffunP => j; rewrite !ffunE addbA addbb. Qed.

Lemma cross_terms_vanish j k : j != k ->
  (\sum_f sgn f j * sgn f k) *+ 2 = 0.
Proof.
move=> jk; rewrite mulr2n {2}(reindex_inj (inv_inj (flipK k))) -big_split /= big1 // => f _.
by rewrite /sgn !ffunE (negbTE jk) eqxx /= signrN mulrN subrr.
Qed.
End Flips.
