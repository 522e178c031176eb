(* The common features are identified by the tail-free samples, but for probability pi_k. *)
From mathcomp Require Import all_ssreflect all_algebra.
From longtail Require Import noiseless_ood finite_model rank_modulo_three.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* A character of Z/3 without complex numbers: a matrix of order 3. *)
Section Character.
Variable R : realFieldType.

Definition turn : 'M[R]_2 :=
  \matrix_(i, j) (if (i == 0) && (j == 0) then 0 else if i == 0 then -1
                  else if j == 0 then 1 else -1).
Definition character (t : 'F_3) : 'M[R]_2 := turn ^+ t.

Lemma turn_square : turn ^+ 2 = - (1 + turn).
Proof.
apply/matrixP => -[[|[|//]] hi] -[[|[|//]] hj];
  rewrite expr2 !mxE !big_ord_recl big_ord0 !mxE /=;
  by rewrite ?(mul0r, mulr0, mul1r, mulr1, mulN1r, opprK, addr0, add0r, sub0r, subrr, oppr0).
Qed.

Lemma turn_cube : turn ^+ 3 = 1.
Proof.
by rewrite exprS turn_square mulrN mulrDr mulr1 -expr2 turn_square opprD opprK addrC addrK.
Qed.

Lemma character0 : character 0 = 1.
Proof. by []. Qed.

Lemma characterD a b : character (a + b) = character a * character b.
Proof. by rewrite /character -exprD /= -[in RHS](expr_mod _ turn_cube). Qed.

Lemma character_sum (I : finType) (F : I -> 'F_3) :
  character (\sum_i F i) = \prod_i character (F i).
Proof. exact: (big_morph character characterD character0). Qed.

Lemma character_pair t : t != 0 -> character t + character (- t) = -1.
Proof.
have e : turn + turn ^+ 2 = -1 by rewrite turn_square opprD addrC -addrA addNr addr0.
by case: t => [[|[|[|//]]] ht] // _; rewrite /character /= ?expr1 // addrC e.
Qed.

Lemma trace_one : \tr (1 : 'M[R]_2) = 2%:R.
Proof. exact: mxtrace1. Qed.

Lemma trace_turn : \tr turn = -1.
Proof. by rewrite /mxtrace !big_ord_recl big_ord0 !mxE /= add0r addr0. Qed.

(* 1[t = 0] = (1 + tr chi(t))/3 *)
Lemma indicator_by_character t : (t == 0)%:R = (1 + \tr (character t)) / 3%:R :> R.
Proof.
have three : 3%:R != 0 :> R by rewrite pnatr_eq0.
case: t => [[|[|[|//]]] ht]; rewrite /character /=.
- by rewrite trace_one -(natrD _ 1 2) divff.
- by rewrite expr1 trace_turn subrr mul0r.
by rewrite turn_square linearN linearD /= trace_one trace_turn (natrD _ 1 1) addrK subrr mul0r.
Qed.

Lemma prod_scale (I : finType) (c : I -> R) (M : I -> 'M[R]_2) :
  \prod_i (c i *: M i) = (\prod_i c i) *: \prod_i M i.
Proof.
elim/big_rec3: _ => [|i x y z _ ->]; first by rewrite scale1r.
by rewrite -scalerAl -scalerAr scalerA.
Qed.
End Character.

Section CommonIdentified.
Variables (R : realFieldType) (n d : nat) (p : 'I_d -> R).
Hypotheses (p0 : forall i, 0 <= p i) (p1 : forall i, p i <= 1).
(* the common features, [k] in the text *)
Variable common : pred 'I_d.

Definition tail_free (x : sample d) := [forall i, common i || (x i == None)].
Definition no_tail : R := \prod_(i | ~~ common i) (1 - p i).
Definition shrink i : R := 1 - 3%:R * p i / 2%:R.

(* vectors over GF(3) that live on the common features *)
Definition supported (v : {ffun 'I_d -> 'F_3}) := [forall i, common i || (v i == 0)].
Definition pairing (v : {ffun 'I_d -> 'F_3}) (x : sample d) : 'F_3 :=
  \sum_i v i * (value (x i))%:~R.
Definition allowed v x := ~~ tail_free x || (pairing v x == 0).
Definition factor (v : {ffun 'I_d -> 'F_3}) i : R := if v i == 0 then 1 else shrink i.
Definition shrinkage v : R := \prod_i factor v i.

Lemma indicator_forall (P : pred 'I_d) : [forall i, P i]%:R = \prod_i (P i)%:R :> R.
Proof.
have [/forallP h|/forallPn[r /negbTE h]] := boolP [forall i, P i].
  by rewrite big1 // => i _; rewrite h.
by rewrite (bigD1 r) //= h mul0r.
Qed.

Lemma entry_character (v : 'F_3) i : (common i || (v == 0)) ->
  \sum_e (entry_weight p i e * (common i || (e == None))%:R) *:
    character R (v * (value e)%:~R) =
  ((if v == 0 then 1 else shrink i) * (if common i then 1 else 1 - p i)) *: 1.
Proof.
rewrite (bigD1 None) //= (bigD1 (Some true)) //= (bigD1 (Some false)) //= big1; last first.
  by case=> [[]|].
rewrite addr0 eqxx orbT mulr1 mulr0 character0 expr0 expr1 rmorphN1 rmorph1 mulr1 mulrN1.
case: (common i) => /= [_|/eqP ->]; last first.
  by rewrite !mulr0 !scale0r !addr0 eqxx mul1r.
rewrite !mulr1 -scalerDr; have [->|v0] := eqVneq v 0.
  by rewrite oppr0 character0 -mulr2n -scaler_nat scalerA mulfVK ?pnatr_eq0 // -scalerDl subrK.
rewrite [character _ _ + _]addrC character_pair // scalerN -scaleNr -scalerDl; congr (_ *: _).
have half : 3%:R * p i / 2%:R = p i + p i / 2%:R.
  by rewrite (natrD _ 2 1) mulrDl mul1r mulrDl; congr (_ + _); rewrite mulrC mulKf ?pnatr_eq0.
by rewrite /shrink half opprD addrA.
Qed.

Lemma sample_character v : supported v ->
  \sum_x (sample_weight p x * (tail_free x)%:R) *: character R (pairing v x) =
  (no_tail * shrinkage v) *: 1.
Proof.
move/forallP => sv.
pose F i e : 'M[R]_2 := (entry_weight p i e * (common i || (e == None))%:R) *:
    character R (v i * (value e)%:~R).
have product x : (sample_weight p x * (tail_free x)%:R) *: character R (pairing v x) =
    \prod_i F i (x i).
  rewrite /F prod_scale character_sum big_split /=; congr (_ * _ *: _).
  exact: indicator_forall.
rewrite (eq_bigr _ (fun x _ => product x)).
transitivity (\prod_i \sum_e F i e); first by symmetry; apply: bigA_distr_bigA.
rewrite (eq_bigr _ (fun i _ => entry_character (sv i))) prod_scale big_split /=.
rewrite big1_eq; congr (_ *: _); rewrite mulrC; congr (_ * _).
by rewrite /no_tail [RHS]big_mkcond; apply: eq_bigr => i _; case: (common i).
Qed.

Lemma zero_supported : supported 0.
Proof. by apply/forallP => i; rewrite ffunE eqxx orbT. Qed.

Lemma shrinkage0 : shrinkage 0 = 1.
Proof. by apply: big1 => i _; rewrite /factor ffunE eqxx. Qed.

Lemma tail_free_probability : \sum_x sample_weight p x * (tail_free x)%:R = no_tail.
Proof.
have := congr1 (fun M : 'M[R]_2 => M 0 0) (sample_character zero_supported).
rewrite shrinkage0 mulr1 summxE mxE [(1 : 'M_2) 0 0]mxE mulr1 => <-.
apply: eq_bigr => x _; have -> : pairing 0 x = 0.
  by apply: big1 => i _; rewrite ffunE mul0r.
by rewrite character0 mxE [(1 : 'M_2) 0 0]mxE mulr1.
Qed.

Definition Q : R := 2%:R / 3%:R * no_tail.

(* a sample allows v with probability 1 - Q + Q r *)
Lemma allowed_probability v : supported v ->
  \sum_x sample_weight p x * (allowed v x)%:R = 1 - Q + Q * shrinkage v.
Proof.
move=> sv; have three : 3%:R != 0 :> R by rewrite pnatr_eq0.
have split x : (allowed v x)%:R = 1 - (tail_free x)%:R +
    (tail_free x)%:R * (1 + \tr (character R (pairing v x))) / 3%:R.
  rewrite -mulrA -indicator_by_character /allowed.
  by case: (tail_free x); rewrite /= ?subrr ?subr0 ?add0r ?mul1r // mul0r addr0.
have traced : \sum_x sample_weight p x * (tail_free x)%:R * \tr (character R (pairing v x)) =
    no_tail * shrinkage v * 2%:R.
  rewrite -trace_one -linearZ -(sample_character sv) linear_sum /=.
  by apply: eq_bigr => x _; rewrite linearZ.
pose w := sample_weight p; pose t x : R := (tail_free x)%:R.
have -> : \sum_x w x * (allowed v x)%:R = \sum_x w x - \sum_x w x * t x +
    (\sum_x w x * t x + \sum_x w x * t x * \tr (character R (pairing v x))) / 3%:R.
  rewrite -big_split mulr_suml -sumrB -big_split; apply: eq_bigr => x _ /=.
  by rewrite split mulrDr mulrBr mulr1 !mulrA mulrDr mulr1.
rewrite traced tail_free_probability sample_weight_total.
rewrite /Q mulrDl addrA; congr (_ + _); last by rewrite -[in LHS]mulrA mulrC mulrA.
rewrite -addrA; congr (_ + _).
have -> : 2%:R / 3%:R = 1 - 3%:R^-1 :> R.
  by apply: (mulIf three); rewrite mulfVK // mulrBl mulVf // mul1r (natrD _ 2 1) addrK.
by rewrite mulrBl mul1r opprB addrC [no_tail / _]mulrC.
Qed.

(* the 2^|S| vectors of each support, and the product over features *)
Lemma sum_over_supported m :
  \sum_(v | supported v) shrinkage v ^+ m = \prod_(i | common i) (1 + 2%:R * shrink i ^+ m).
Proof.
pose F i (t : 'F_3) : R := (common i || (t == 0))%:R * (if t == 0 then 1 else shrink i ^+ m).
transitivity (\sum_(v : {ffun 'I_d -> 'F_3}) \prod_i F i (v i)).
  rewrite big_mkcond; apply: eq_bigr => v _; rewrite /F big_split -indicator_forall /=.
  rewrite -/(supported v); case: (supported v); last by rewrite mul0r.
  rewrite mul1r -prodrXl; apply: eq_bigr => i _; rewrite /factor.
  by case: (v i == 0); rewrite ?expr1n.
rewrite -(bigA_distr_bigA F) [RHS]big_mkcond; apply: eq_bigr => i _.
have three : \sum_(t : 'F_3) F i t = F i 0 + (F i 1 + F i (-1)).
  by rewrite /index_enum !big_ord_recl big_ord0 addr0; congr (F i _ + (F i _ + F i _)); apply: val_inj.
rewrite three /F eqxx oppr_eq0 oner_eq0 orbT mul1r.
case: (common i); last by rewrite !mul0r !addr0.
by rewrite !mul1r -mulr2n mulr_natl.
Qed.

Definition pi_k : R := 2%:R^-1 *
  \sum_(m < n.+1) (1 - Q) ^+ (n - m) * Q ^+ m *+ 'C(n, m) *
    (\prod_(i | common i) (1 + 2%:R * shrink i ^+ m) - 1).

Lemma expected_number_of_vectors :
  \sum_(v | supported v && (v != 0))
    probability p (fun w : design n d => [forall r, allowed v (w r)]) = 2%:R * pi_k.
Proof.
rewrite /pi_k mulVKf ?pnatr_eq0 //.
transitivity (\sum_(v | supported v && (v != 0)) \sum_(m < n.+1)
    (1 - Q) ^+ (n - m) * Q ^+ m *+ 'C(n, m) * shrinkage v ^+ m).
  apply: eq_bigr => v /andP[sv _]; rewrite probability_every_sample allowed_probability //.
  rewrite exprDn; apply: eq_bigr => m _.
  by rewrite exprMn mulrA -!mulrnAl mulrnAl.
rewrite exchange_big; apply: eq_bigr => m _ /=; rewrite -mulr_sumr; congr (_ * _).
rewrite -sum_over_supported [X in _ = X - 1](bigD1 (0 : {ffun 'I_d -> 'F_3})) ?zero_supported //=.
by rewrite shrinkage0 expr1n addrAC subrr add0r.
Qed.

(* a design whose tail-free samples allow no vector but 0 has the common features identified *)
Lemma identified_by_tail_free_samples (w : design n d) :
  (forall v, supported v -> (forall r, allowed v (w r)) -> v = 0) ->
  forall i, common i -> identified (design_matrix R w) i.
Proof.
move=> only0 i ci.
pose A : 'M[int]_(n, d) := \matrix_(r, j) (if tail_free (w r) then value (w r j) else 0).
pose D : 'M[int]_d := \matrix_(a, j) ((a == j) && ~~ common j)%:R.
have AX : (map_mx intr A <= design_matrix R w)%MS.
  apply/row_subP => r; have [tf|ntf] := boolP (tail_free (w r)).
    have -> : row r (map_mx intr A) = row r (design_matrix R w).
      by apply/rowP => j; rewrite !mxE tf.
    exact: row_sub.
  have -> : row r (map_mx intr A) = 0 :> 'rV[R]_d.
    by apply/rowP => j; rewrite !mxE (negbTE ntf).
  exact: sub0mx.
have off r j : ~~ common j -> A r j = 0.
  move=> cj; rewrite mxE; case: ifP => // /forallP/(_ j).
  by rewrite (negbTE cj) /= => /eqP ->.
have full : row_full (map_mx intr (col_mx A D) : 'M[R]_(n + d, d)).
  apply: trivial_kernel_lifts => v; rewrite map_col_mx mul_col_mx => /eqP.
  rewrite col_mx_eq0 => /andP[/eqP Av /eqP Dv].
  pose u : {ffun 'I_d -> 'F_3} := [ffun j => v j 0].
  have su : supported u.
    apply/forallP => j; have [//|cj /=] := boolP (common j).
    have := congr1 (fun M : 'cV['F_3]_d => M j 0) Dv.
    rewrite mxE (bigD1 j) //= big1 => [|a aj].
      by rewrite !mxE eqxx cj /= rmorph1 mul1r addr0 ffunE => ->.
    by rewrite !mxE eq_sym (negbTE aj) /= mul0r.
  have au r : allowed u (w r).
    rewrite /allowed; have [tf|//] := boolP (tail_free (w r)).
    have := congr1 (fun M : 'cV['F_3]_n => M r 0) Av.
    rewrite [RHS]mxE => <-; rewrite mxE /pairing /=; apply/eqP; apply: eq_bigr => j _.
    by rewrite !mxE tf ffunE mulrC.
  have u0 := only0 u su au.
  by apply/colP => j; have := congr1 (fun f : {ffun 'I_d -> 'F_3} => f j) u0; rewrite !ffunE mxE.
have /submxP[u eu] : ((delta_mx 0 i : 'rV[R]_d) <= map_mx intr (col_mx A D))%MS.
  exact: submx_full.
move: eu; rewrite map_col_mx -[u]hsubmxK mul_row_col => eu.
have D0 : rsubmx u *m map_mx intr D = 0.
  apply/rowP => j; rewrite [RHS]mxE; have [cj|cj] := boolP (common j).
    by rewrite mxE big1 // => a _; rewrite !mxE cj andbF mulr0.
  have s0 : (lsubmx u *m map_mx intr A) 0 j = 0.
    by rewrite mxE big1 // => r _; rewrite [map_mx _ _ _ _]mxE off // mulr0.
  have := congr1 (fun M : 'rV[R]_d => M 0 j) eu; rewrite [RHS]mxE s0 add0r => <-.
  by rewrite mxE eqxx /=; case: eqP => // ji; rewrite ji ci in cj.
by rewrite /identified eu D0 addr0; apply: submx_trans (submxMl _ _) AX.
Qed.

Theorem common_identified :
  probability p (fun w : design n d => ~~ [forall i, common i ==> (identified (design_matrix R w) i)])
  <= pi_k.
Proof.
have two : 0 < 2%:R :> R by rewrite ltr0n.
rewrite -(ler_pmul2l two) -expected_number_of_vectors /probability -expect_sum -expectZ.
apply: expect_le => // w; set bad := ~~ _.
have [b|] := boolP bad; last by rewrite mulr0 => _; apply: sumr_ge0 => v _; apply: ler0n.
have [v /and3P[sv v0 av]] : exists v, [&& supported v, v != 0 & [forall r, allowed v (w r)]].
  apply/existsP; apply: contraT; rewrite negb_exists => /forallP none.
  move: b; rewrite /bad => /negP[]; apply/forallP => i; apply/implyP => ci.
  apply: identified_by_tail_free_samples ci => v sv av; apply/eqP.
  move: (none v); rewrite sv /= negb_and negbK => /orP[//|/negP[]].
  exact/forallP.
have sN : supported (- v).
  by apply/forallP => i; rewrite ffunE oppr_eq0; exact: (forallP sv i).
have N0 : - v != 0 by rewrite oppr_eq0.
have Nv : - v != v.
  apply: contra v0 => /eqP e; apply/eqP/ffunP => i; rewrite ffunE.
  have := congr1 (fun f : {ffun 'I_d -> 'F_3} => f i) e; rewrite ffunE.
  by case: (v i) => [[|[|[|//]]] h] // /(congr1 val) //= _; apply: val_inj.
have aN : [forall r, allowed (- v) (w r)].
  apply/forallP => r; move: (forallP av r); rewrite /allowed; case: (tail_free _) => //= /eqP e.
  rewrite -oppr_eq0 -[X in _ == X]e /pairing -sumrN; apply/eqP; apply: eq_bigr => i _.
  by rewrite ffunE mulNr opprK.
rewrite (bigD1 v) ?sv //= (bigD1 (- v)) ?sN ?N0 ?Nv //= av aN mulr1 addrA.
by rewrite (natrD _ 1 1) ler_addl sumr_ge0 // => u _; apply: ler0n.
Qed.
End CommonIdentified.
