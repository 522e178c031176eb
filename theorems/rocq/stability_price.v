(* Whoever is kept from memorizing pays: the finite case, a learner with finitely many outcomes. *)
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section TotalVariation.
Variables (R : realFieldType) (Z : finType).

Definition law (m : Z -> R) := (forall z, 0 <= m z) /\ \sum_z m z = 1.
Definition variation (m m' : Z -> R) : R := 2%:R^-1 * \sum_z `|m z - m' z|.

Let half0 : 0 <= 2%:R^-1 :> R. Proof. by rewrite invr_ge0 ler0n. Qed.

Lemma variation_triangle m1 m2 m3 : variation m1 m3 <= variation m1 m2 + variation m2 m3.
Proof.
rewrite /variation -mulrDr; apply: ler_wpmul2l half0 _ _ _; rewrite -big_split.
by apply: ler_sum => z _ /=; apply: ler_dist_add.
Qed.

Lemma variation_self m : variation m m = 0.
Proof. by rewrite /variation big1 ?mulr0 // => z _; rewrite subrr normr0. Qed.

Lemma variation_le1 m m' : law m -> law m' -> variation m m' <= 1.
Proof.
move=> [m0 m1] [m0' m1']; have two : 0 < 2%:R :> R by rewrite ltr0n.
rewrite /variation mulrC ler_pdivr_mulr // mul1r (natrD _ 1 1) -{1}m1 -m1' -big_split.
apply: ler_sum => z _ /=; apply: le_trans (ler_norm_sub _ _) _.
by rewrite !ger0_norm.
Qed.

(* two points (Le Cam): the mean of the two risks *)
Theorem two_points (m m' : Z -> R) (g : Z -> R) b :
  law m -> law m' ->
  b ^+ 2 * (1 - variation m m') <=
  2%:R^-1 * (\sum_z m z * (g z - b) ^+ 2 + \sum_z m' z * (g z + b) ^+ 2).
Proof.
move=> [m0 m1] [m0' m1'].
have total : 1 - variation m m' = \sum_z 2%:R^-1 * (m z + m' z - `|m z - m' z|).
  rewrite -mulr_sumr sumrB big_split /= m1 m1' mulrBr; congr (_ - _).
  by rewrite -mulr2n -mulr_natl mulr1 mulVf // pnatr_eq0.
rewrite total mulr_sumr -big_split mulr_sumr /=; apply: ler_sum => z _.
rewrite mulrCA; apply: ler_wpmul2l half0 _ _ _.
set a := m z; set c := m' z.
have least : m z + m' z - `|m z - m' z| <= 2%:R * Num.min a c.
  rewrite mulr_natl mulr2n -/a -/c; case: (leP a c) => ac.
    by rewrite ler0_norm ?subr_le0 // opprK addrA addrAC addrK.
  by rewrite ger0_norm ?subr_ge0 ?(ltW ac) // opprB addrC addrA subrK.
have squares : 2%:R * b ^+ 2 <= (g z - b) ^+ 2 + (g z + b) ^+ 2.
  have -> : (g z - b) ^+ 2 + (g z + b) ^+ 2 = 2%:R * g z ^+ 2 + 2%:R * b ^+ 2.
    rewrite sqrrB sqrrD; move: (g z * b *+ 2) (g z ^+ 2) (b ^+ 2) => q x y.
    by rewrite addrACA (addrACA x) addNr addr0 !mulr_natl !mulr2n.
  by rewrite ler_addr mulr_ge0 ?ler0n ?sqr_ge0.
apply: (@le_trans _ _ (Num.min a c * ((g z - b) ^+ 2 + (g z + b) ^+ 2))).
  have min0 : 0 <= Num.min a c by rewrite le_minr m0 m0'.
  apply: le_trans (ler_wpmul2l min0 squares).
  rewrite [X in _ <= X]mulrCA [X in _ <= X]mulrA [X in X <= _]mulrC.
  exact: ler_wpmul2r (sqr_ge0 b) _ _ least.
rewrite mulrDr; apply: ler_add; apply: ler_wpmul2r (sqr_ge0 _) _ _ _.
  by rewrite le_minl lexx.
by rewrite le_minl lexx orbT.
Qed.

(* labels changed one at a time: the laws move by delta a label *)
Section Path.
Variables (n : nat) (Y : eqType) (learner : {ffun 'I_n -> Y} -> Z -> R) (delta : R).
Hypothesis stable : forall (y y' : {ffun 'I_n -> Y}) r,
  (forall r', r' != r -> y r' = y' r') -> variation (learner y) (learner y') <= delta.

Theorem one_label_at_a_time T : forall y y' : {ffun 'I_n -> Y},
  #|[pred r | y r != y' r]| = T -> variation (learner y) (learner y') <= delta * T%:R.
Proof.
elim: T => [|T IH] y y' differ.
  have -> : y = y'.
    apply/ffunP => r; apply/eqP; apply: contraT => h.
    by have := card0_eq differ r; rewrite inE h.
  by rewrite variation_self mulr0.
have [r hr] : exists r, y r != y' r.
  by apply/existsP; have : (0 < #|[pred r | y r != y' r]|)%N; [rewrite differ|case/card_gt0P => r hr; apply/existsP; exists r].
pose y1 : {ffun 'I_n -> Y} := [ffun r' => if r' == r then y' r else y r'].
apply: le_trans (variation_triangle _ (learner y1) _) _.
rewrite -[T.+1]addn1 natrD mulrDr mulr1 addrC; apply: ler_add; last first.
  by apply: (stable (r := r)) => r' h; rewrite ffunE (negbTE h).
apply: IH; apply/eqP; rewrite -eqSS -differ (cardD1 r [pred r | y r != y' r]) inE hr add1n eqSS.
apply/eqP/eq_card => r'; rewrite !inE ffunE.
by have [->|h] := eqVneq r' r; rewrite /= ?eqxx.
Qed.
End Path.
End TotalVariation.
